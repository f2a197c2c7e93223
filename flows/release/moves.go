package release

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strconv"

	"github.com/redis/go-redis/v9"
)

// ErrTaken is what somebody meets who changes a file that a colleague has changed
// since they saw it.
var ErrTaken = errors.New("release: somebody else has changed this meanwhile")

// Laid gives what lies over the release in force.
func (s *Store) Laid(ctx context.Context) (Laid, error) {
	pipe := s.rdb.TxPipeline()
	count, files := pipe.Get(ctx, overlaidKey), pipe.HGetAll(ctx, overlayKey)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return Laid{}, wrap("laid", err)
	}
	n, _ := count.Int64() // none yet is 0
	byFile := map[string]Overlay{}
	for file, text := range files.Val() {
		var o Overlay
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			return Laid{}, wrap("laid", err)
		}
		byFile[file] = o
	}
	return Laid{Count: n}.of(byFile), nil
}

// count tells how many changes there have been.
func (s *Store) count(ctx context.Context) (int64, error) {
	n, err := s.rdb.Get(ctx, overlaidKey).Int64()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	return n, wrap("count", err)
}

// Lay puts edits over the release in force. The caller has checked what the folder
// says with them: seen and over are what it was checked with. Somebody was quicker:
// ErrMoved, and the check has to be made again.
func (s *Store) Lay(ctx context.Context, seen string, over Laid, edits ...Dated) error {
	next := over.With(edits...)
	args := []any{seen, over.Count, 0}
	done := map[string]bool{}
	for _, e := range edits {
		if done[e.File] {
			continue
		}
		done[e.File] = true
		line, err := json.Marshal(next.Of(e.File))
		if err != nil {
			return wrap("lay", err)
		}
		args = append(args, e.File, line)
	}
	args[2] = len(done)
	for _, e := range edits {
		line, err := json.Marshal(Deed{Do: "edit", Hash: seen, By: e.By, At: e.At, Edit: &e.Edit})
		if err != nil {
			return wrap("lay", err)
		}
		args = append(args, line)
	}
	got, err := layMove.Run(ctx, s.rdb, []string{nowKey, overlayKey, overlaidKey, logKey}, args...).Int()
	if err == nil && got == 0 {
		return ErrMoved
	}
	return wrap("lay", err)
}

// Publish puts a checked folder in force under its hash, if seen is still the one in
// force. The files, the pointer and the log change together or not at all. What the
// folder says itself by now does not lie over it any more.
func (s *Store) Publish(ctx context.Context, folder fs.FS, d Deed, seen string) error {
	files, err := pack(folder)
	if err != nil {
		return err
	}
	laid, err := s.Laid(ctx)
	if err != nil {
		return err
	}
	d.Do = "publish"
	line, err := json.Marshal(d)
	if err != nil {
		return wrap("publish", err)
	}
	all, err := json.Marshal(laid.Files)
	if err != nil {
		return wrap("publish", err)
	}
	args := []any{d.Hash, files, d.At.UnixMilli(), line, seen, strconv.FormatInt(laid.Count, 10), all}
	if args, err = laid.After(folder).args(args); err != nil {
		return err
	}
	got, err := publishMove.Run(ctx, s.rdb, []string{nowKey, bundlesKey, orderKey, recalledKey, logKey, overlayKey, overlaidKey, underKey}, args...).Int()
	switch {
	case err != nil:
		return wrap("publish", err)
	case got == 0:
		return ErrMoved
	case got < 0:
		return ErrRecalled
	}
	return nil
}

// Recall takes the release in force back and gives the hash of the one before it,
// which is in force now: with what lay over it, and what was put right since.
func (s *Store) Recall(ctx context.Context, d Deed) (string, error) {
	if d.Hash == "" {
		return "", ErrNone
	}
	d.Do = "recall"
	line, err := json.Marshal(d)
	if err != nil {
		return "", wrap("recall", err)
	}
	laid, err := s.Laid(ctx)
	if err != nil {
		return "", err
	}
	back, before, err := s.before(ctx, d.Hash)
	if err != nil {
		return "", err
	}
	args, err := laid.Under(before).args([]any{d.Hash, line, back, strconv.FormatInt(laid.Count, 10)})
	if err != nil {
		return "", err
	}
	hash, err := recallMove.Run(ctx, s.rdb, []string{nowKey, orderKey, recalledKey, logKey, overlayKey, overlaidKey}, args...).Text()
	switch {
	case err != nil:
		return "", wrap("recall", err)
	case hash == "":
		return "", ErrMoved
	case hash == "-":
		return "", ErrOnly
	}
	return hash, nil
}

// before is the release that a recall brings back, and what lay over it.
func (s *Store) before(ctx context.Context, hash string) (back string, laid Laid, err error) {
	if back, err = s.Before(ctx, hash); err != nil || back == "" {
		return "", Laid{}, err
	}
	text, err := s.rdb.HGet(ctx, underKey, back).Bytes()
	if errors.Is(err, redis.Nil) {
		return back, Laid{}, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &laid.Files)
	}
	return back, laid, wrap("before", err)
}

// args adds each file and what lies over it.
func (l Laid) args(to []any) ([]any, error) {
	for _, o := range l.Files {
		line, err := json.Marshal(o)
		if err != nil {
			return nil, wrap("overlay", err)
		}
		to = append(to, o.File, line)
	}
	return to, nil
}
