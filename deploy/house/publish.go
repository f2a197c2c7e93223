package house

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/text/unicode/norm"

	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/config"
	"engawa/config/privacy"
	"engawa/flows"
	"engawa/flows/release"
	"engawa/handoff/staff"
)

type publishCmd struct {
	contentFlags
	By     string `help:"公開する人の名前 / who publishes" required:""`
	Second string `help:"いっしょに確かめた人の名前 / who has looked at it too"`
	Yes    bool   `help:"聞きなおさない / do not ask" short:"y"`
	Recall bool   `help:"いまのことばを取り消し、ひとつ前にもどす / take the release in force back"`

	count  release.Heads
	proven func(ctx context.Context, folder fs.FS) (why []string)
}

// Run checks a folder and puts it in force, or takes the release in force back.
func (c publishCmd) Run(ctx context.Context) error {
	return withStores(ctx, func(cfg config.Config, s stores) error {
		if c.Recall {
			return c.recall(ctx, s.sure, os.Stdout)
		}
		c.count, c.proven = headsOf(cfg, s), proven
		return c.publish(ctx, cfg, s.sure, os.Stdout)
	})
}

// publish refuses a faulty folder with every reason; what is in force stays.
func (c publishCmd) publish(ctx context.Context, cfg config.Config, rdb redis.UniversalClient, w io.Writer) error {
	if strings.TrimSpace(c.By) == "" || c.By == c.Second {
		return errors.New("--by と --second には、べつの人の名前を書きます / two different names")
	}
	store := release.NewStore(rdb)
	next, err := c.ready(ctx, cfg, store)
	if err != nil {
		return fmt.Errorf("公開しません。前のことばのままです / refused; the old release stays\n%w", err)
	}
	if next.Two() {
		if err := twoAccounts(ctx, staff.New(rdb, time.Now), c.By, c.Second); err != nil {
			return err
		}
	}
	if err := next.Tell(ctx, c.count, w); err != nil {
		return err
	}
	if why := c.proven(ctx, next.Files); len(why) > 0 {
		_, _ = fmt.Fprintln(w, strings.Join(why, "\n"))
		return errors.New("直すところがあるので、公開しません。前のことばのままです / refused; the old release stays")
	}
	if err := c.agree(os.Stdin, w); err != nil {
		return err
	}
	d := release.Deed{Hash: next.Bundle.Hash, By: c.By, Second: c.Second, At: time.Now()}
	if err := store.Publish(ctx, next.Files, d, next.Seen); err != nil {
		return fmt.Errorf("公開できませんでした。前のことばのままです / not published: %w", err)
	}
	_, err = fmt.Fprintf(w, "公開しました / published: %s（前 / before: %s）\n", next.Bundle.Hash, next.Seen)
	if err == nil && menuDiffers(next.Old, next.Bundle) {
		_, err = fmt.Fprintln(w, "絵のメニューが変わりました。`engawa richmenu sync` で、LINE のメニューも同じにします / the picture menu has changed: run engawa richmenu sync")
	}
	return err
}

// menuDiffers says whether LINE's menus have to be made anew; without an earlier
// release nobody knows what LINE shows.
func menuDiffers(old, next *flows.Bundle) bool {
	if old == nil {
		return next.Rich != nil
	}
	return !reflect.DeepEqual(old.Rich, next.Rich) || old.House.Contacts != next.House.Contacts
}

// ready reads the folder of the command and what is in force.
func (c publishCmd) ready(ctx context.Context, cfg config.Config, store *release.Store) (release.Candidate, error) {
	return store.Candidate(ctx, c.fs(), func(folder fs.FS) (*flows.Bundle, error) { return readWords(cfg, folder) })
}

func (c publishCmd) recall(ctx context.Context, rdb redis.UniversalClient, w io.Writer) error {
	store := release.NewStore(rdb)
	seen, err := store.Now(ctx)
	if err != nil {
		return err
	}
	now, err := store.Recall(ctx, release.Deed{Hash: seen, By: c.By, At: time.Now()})
	switch {
	case errors.Is(err, release.ErrOnly):
		return errors.New("ひとつ前がないので、もどせません。直したことばを公開してください / there is no earlier release; publish a corrected one")
	case err != nil:
		return fmt.Errorf("取り消せませんでした / not recalled: %w", err)
	}
	_, err = fmt.Fprintf(w, "取り消しました / recalled: %s。いまは / now: %s\n", seen, now)
	return err
}

// agree asks a person at a terminal; a script has agreed by calling.
func (c publishCmd) agree(in *os.File, w io.Writer) error {
	at, err := in.Stat()
	if nobody, none := os.Stat(os.DevNull); none == nil && err == nil && os.SameFile(at, nobody) {
		return nil
	}
	if c.Yes || err != nil || at.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	_, _ = fmt.Fprint(w, "公開しますか(はい / いいえ)  publish? (yes / no) ")
	answer, err := bufio.NewReader(in).ReadString('\n')
	switch norm.NFKC.String(strings.ToLower(strings.TrimSpace(answer))) {
	case "はい", "yes", "y", "は":
		return nil
	}
	return errors.Join(errors.New("公開しません。前のことばのままです / not published"), err)
}

// twoAccounts wants the names of two different people who work here.
func twoAccounts(ctx context.Context, store *staff.Store, by, second string) error {
	all, err := store.List(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{by, second} {
		if !slices.ContainsFunc(all, func(a staff.Account) bool {
			return a.Name == name && !a.Disabled && a.Is(staff.Supervisor, staff.Administrator)
		}) {
			return errors.New("公開には、ふたりの名前が要ります。--by と --second に、責任者か管理者のアカウントの名前を、ひとりずつ書きます / house.yaml asks for two: name two different accounts (supervisor or administrator)")
		}
	}
	return nil
}

// headsOf counts who stands in each scene. It opens every state that is kept, and
// keeps nothing but the numbers.
func headsOf(cfg config.Config, s stores) release.Heads {
	return func(ctx context.Context) (map[flows.SceneKey]int, error) {
		vault, err := privacy.Open(ctx, s.keys, s.sure, cfg.Master)
		if err != nil {
			return nil, err
		}
		lanes, err := inbox.Settle(ctx, s.main, cfg.Lanes)
		if err != nil {
			return nil, err
		}
		return people.New(s.main, vault, lanes).Standing(ctx)
	}
}
