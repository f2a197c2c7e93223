package house

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config"
	"engawa/config/backup"
	"engawa/config/privacy"
	"engawa/flows"
	logbook "engawa/handoff/book"
)

type backupCmd struct {
	File     string `arg:"" type:"path" help:"作るファイル。もうあれば断る / the file to make; never overwritten"`
	WithKeys bool   `help:"鍵がデータと同じ置き場所にあるとき、鍵ごと取る。このファイルがあるかぎり、消したことばが読めることを、市が引きうける場合だけ / the keys live with the data: take them too; what was deleted stays readable as long as this file exists"`
}

type restoreCmd struct {
	File string `arg:"" type:"existingfile" help:"engawa backup のファイル / a file of engawa backup"`
}

// passing is what is true only now. Restored sessions would let in staff who have
// been locked out since; restored leases would make lanes wait for nobody.
func passing(key string) bool {
	return strings.HasPrefix(key, "{desk}:staff:session") || strings.HasPrefix(key, "{desk}:staff:limit:") ||
		strings.HasPrefix(key, "{desk}:staff:proof:") || strings.HasPrefix(key, "{desk}:staff:setup:") ||
		key == "{desk}:relay" || key == "{engawa}:procs" ||
		strings.HasPrefix(key, "{lane-") && strings.HasSuffix(key, "}:lease")
}

// Run takes a backup of the data and says what it is and is not.
func (c backupCmd) Run(ctx context.Context) error {
	cfg, main, keys, err := patientStores(ctx)
	if err != nil {
		return err
	}
	defer func() { _, _ = main.Close(), keys.Close() }()
	if _, err := os.Lstat(c.File); err == nil {
		return fmt.Errorf("%s はもうあります。上書きはしません / it is there already and is not overwritten", c.File)
	}
	opt, err := c.options(ctx, cfg, main, keys)
	if err != nil {
		return err
	}
	var taken backup.Taken
	err = create(c.File, func(f *os.File) (err error) {
		if taken, err = backup.Take(ctx, main, f, opt); err != nil {
			return err
		}
		size, err := f.Seek(0, 1)
		if err == nil {
			_, err = backup.Open(f, size, cfg.Master)
		}
		return err
	})
	if err != nil {
		return inWords(err)
	}
	fmt.Printf("取りました: %s（%d 件、主 %d 台） / done: %d keys of %d masters\n", c.File, taken.Keys, taken.Masters, taken.Keys, taken.Masters)
	if taken.Apart {
		fmt.Println("！ 主ごとに数秒ずれています。repl-diskless-sync-delay 0（deploy/redis.conf）にすると、同じ瞬間になります / the masters' snapshots are seconds apart; with repl-diskless-sync-delay 0 they are of one moment")
	}
	if opt.Head.Keys {
		fmt.Println("！ 鍵が入っています。このファイルを捨てるまで、消したことばも、このファイルと親鍵があれば読めます / the keys are in it: until it is destroyed, deleted words can be read with it and the master key")
		return nil
	}
	fmt.Println("鍵は入っていません。鍵の Redis と親鍵がなければ、だれにも読めません / the keys are not in it: without key store and master key nobody can read it")
	return nil
}

// options says what the backup is to hold. Nothing is begun that could not be put back.
func (c backupCmd) options(ctx context.Context, cfg config.Config, main, keys redis.UniversalClient) (backup.Options, error) {
	mark, err := privacy.Mark(ctx, main)
	if err != nil {
		return backup.Options{}, err
	}
	if mark == "" {
		return backup.Options{}, errors.New("このデータの置き場所には、まだ何もありません。REDIS_URL を確かめてください / there is no house in this store")
	}
	if err := privacy.Belongs(ctx, keys, cfg.Master, mark); err != nil {
		return backup.Options{}, inWords(err)
	}
	held, err := privacy.Holds(ctx, main)
	if err != nil {
		return backup.Options{}, err
	}
	if held && !c.WithKeys {
		return backup.Options{}, errors.New("取りません。鍵がデータと同じ Redis にあります。このバックアップがあるかぎり、住む人が消したことばも読めてしまいます。" +
			"鍵を別の Redis に置く（ENGAWA_KEYS_REDIS_URL）か、市がそれを引きうけるなら --with-keys をつけてください（deploy/runbook/delete.md） / " +
			"refused: the keys live in the same store, so the file would keep deleted words readable; give them a store of their own, or accept it with --with-keys")
	}
	return backup.Options{
		Head: backup.Head{Made: time.Now().UTC(), By: version(), Mark: mark, Keys: held}, Master: cfg.Master, Skip: passing,
		Refuse: func(key string) error {
			if !held && privacy.HoldsKey(key) {
				return errors.New("取りません。データの置き場所に、だれかの鍵があります / refused: somebody's key lies among the data")
			}
			return nil
		},
	}, nil
}

// create makes a file that only its owner may read: whole and checked, or not at all.
func create(name string, fill func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".engawa-backup-*") // 0600 from the first byte
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	err = fill(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Link(f.Name(), name); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(name); err == nil { // a disk without links, such as a network share
		return fs.ErrExist
	}
	return os.Rename(f.Name(), name)
}

// patientStores opens the stores for work on the whole of them.
func patientStores(ctx context.Context) (cfg config.Config, main, keys redis.UniversalClient, err error) {
	if cfg, err = settings(); err != nil {
		return cfg, nil, nil, err
	}
	redis.SetLogger(quiet{})
	if main, err = config.OpenPatient(cfg.RedisURL.Reveal()); err != nil {
		return cfg, nil, nil, err
	}
	keys = main
	if cfg.KeysRedisURL.Set() {
		if keys, err = config.OpenPatient(cfg.KeysRedisURL.Reveal()); err != nil {
			return cfg, nil, nil, errors.Join(err, main.Close())
		}
	}
	if err = awaitStores(ctx, main, keys); err != nil {
		return cfg, nil, nil, errors.Join(err, main.Close(), keys.Close())
	}
	return cfg, main, keys, nil
}

// restored refuses a store with half a restore in it.
func restored(ctx context.Context, main redis.UniversalClient) error {
	return inWords(backup.Ready(ctx, main))
}

// Run puts a backup into an empty store, destroys again what was deleted since, and
// only then lets the house use it.
func (c restoreCmd) Run(ctx context.Context) error {
	cfg, main, keys, err := patientStores(ctx)
	if err != nil {
		return err
	}
	defer func() { _, _ = main.Close(), keys.Close() }()
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	b, err := backup.Open(f, info.Size(), cfg.Master)
	if err != nil {
		return inWords(err)
	}
	if err := fits(ctx, cfg, b.Head, keys, time.Now()); err != nil {
		return inWords(err)
	}
	gone := 0
	n, err := b.Put(ctx, main, func() (err error) {
		gone, err = shredAgain(ctx, cfg)
		return err
	})
	if err != nil {
		return inWords(err)
	}
	if err := logbook.New(main, time.Now).Write(ctx, "", "restore", "", ""); err != nil {
		fmt.Println("！ 記録に「戻した」ことを書けませんでした / the log lacks the line that says so")
	}
	fmt.Printf("戻しました: %s（%s のもの、%d 件）。そのあとに「消す」を押した %d 人は、もう一度消しました / restored %d keys; %d people who deleted everything since are deleted again\n",
		c.File, b.Head.Made.Format(time.RFC3339), n, gone, n, gone)
	if b.Head.Keys && cfg.ShredDir == "" {
		fmt.Println("！ 鍵ごと戻しました。消した鍵の一覧（ENGAWA_SHRED_DIR）がないので、このファイルのあとに消されたことばが戻っています / the keys came back too, and without ENGAWA_SHRED_DIR so did what was deleted after this file was made")
	}
	fmt.Println("相談員は、もう一度サインインします。engawa doctor を見てから、engawa serve を起こしてください / staff sign in anew; run engawa doctor, then engawa serve")
	return nil
}

// fits says, before anything is written, whether the restored house could open.
func fits(ctx context.Context, cfg config.Config, h backup.Head, keys redis.UniversalClient, now time.Time) error {
	switch {
	case now.Sub(h.Made) > privacy.Keep[privacy.Shreds]:
		return errors.New("戻しません。このバックアップは古すぎます。そのあとに消されたものの一覧が、もうそろっていません（180日） / refused: it is older than the list of what was deleted")
	case h.Keys && cfg.KeysRedisURL.Set():
		return errors.New("戻しません。このファイルには鍵も入っています。ENGAWA_KEYS_REDIS_URL を空にして、鍵とデータを同じ Redis に戻してください / this file holds the keys too: restore it without ENGAWA_KEYS_REDIS_URL")
	case h.Keys:
		return nil
	}
	return privacy.Belongs(ctx, keys, cfg.Master, h.Mark)
}

// shredAgain joins a house on the restored store, which re-applies every shred that either
// store or the list beside them knows, and takes away what is left of those who had
// deleted everything.
func shredAgain(ctx context.Context, cfg config.Config) (gone int, err error) {
	b, err := words(cfg)
	if err != nil {
		return 0, err
	}
	s, err := openStores(cfg)
	if err != nil {
		return 0, err
	}
	defer s.close()
	h, err := newHouse(ctx, cfg, s, b, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	defer h.line.Close()
	persons, err := h.vault.Shredded(ctx)
	if err != nil {
		return 0, err
	}
	for _, id := range persons {
		was, err := h.eraseAgain(ctx, flows.PersonID(id))
		if err != nil {
			return gone, err
		}
		if was {
			gone++
		}
	}
	return gone, nil
}

// eraseAgain is the rest of a 消す whose key is destroyed already.
func (h *house) eraseAgain(ctx context.Context, p flows.PersonID) (was bool, err error) {
	blind, err := h.people.Blind(ctx, p)
	if err != nil {
		return false, err
	}
	if err := h.desk.Take(ctx, "restored/"+string(p), p, "", flows.DeskNote{Do: flows.NoteForgotten}); err != nil {
		return false, err
	}
	return blind != "", h.people.Erase(ctx, p)
}

// inWords tells an operator what to do about what went wrong.
func inWords(err error) error {
	for _, known := range []struct {
		is  error
		say string
	}{
		{backup.ErrFull, "戻しません。データの置き場所が空ではありません。何も変えていません。空の Redis を用意してください / refused: the store is not empty; nothing was changed"},
		{backup.ErrUnderWay, "このデータの置き場所には、途中で止まった restore があります。空にして（手引きの「戻す」）、もう一度 restore してください / a restore into this store broke off: empty it and restore again"},
		{backup.ErrNoBackup, "engawa backup のファイルではないか、途中で切れています。何も変えていません / not a backup, or cut off; nothing was changed"},
		{backup.ErrChanged, "このファイルは、取ったあとに変わったか、途中で切れています。何も変えていません / the file was changed or cut off after it was made; nothing was changed"},
		{backup.ErrRefused, "この Redis は、まるごとの写しを断ります（SYNC）。借りている Redis なら、そのサービスのスナップショットを、データの Redis だけに使ってください / the store refuses SYNC: use its provider's own snapshots, of the data store only"},
		{privacy.ErrWrongMaster, "親鍵が合いません。何もこわれていません。ENGAWA_MASTER_KEY に、このデータの親鍵を（取りかえる前のファイルなら、前の鍵も2つめに）入れてください / the master key does not fit; nothing is destroyed; name the one of this data, an older one as the second"},
		{privacy.ErrKeysLost, "鍵の置き場所が、このデータのものではありません。何もこわれていません。ENGAWA_KEYS_REDIS_URL を確かめてください / the key store does not belong to this data; nothing is destroyed"},
	} {
		if errors.Is(err, known.is) {
			return fmt.Errorf("%s: %w", known.say, err)
		}
	}
	return err
}
