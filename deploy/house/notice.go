package house

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync/atomic"
	"time"

	"engawa/flows"
	"engawa/handoff/notice"
)

// tidings are what everybody is told just now, and the page that says it without a store.
type tidings struct {
	leaflet leaflet
	notice  atomic.Pointer[flows.Notice]
}

// noticeNow is what the house tells everybody just now, from memory: it holds while
// the store is down, and ends by itself.
func (h *house) noticeNow() flows.Notice {
	if n := h.notice.Load(); n != nil {
		return *n
	}
	return flows.Notice{}
}

// followNotices keeps in memory what everybody is told. While the store is down
// the last that was known holds, and ends by itself.
func (h *house) followNotices(ctx context.Context) error {
	store := notice.New(h.sure)
	look := func() {
		if n, err := store.Now(ctx); err == nil {
			h.notice.Store(&n)
		}
	}
	look()
	return every(ctx, 2*time.Second, look)
}

type noticeCmd struct {
	Kind  string `arg:"" enum:"away,disaster" help:"away（きょうは人がいない）か disaster（災害） / which switch"`
	Until string `help:"いつまで。2026-11-22T17:00 の形、日本の時間 / until when, Japanese time" xor:"end"`
	End   bool   `help:"いま終わりにする / end it now" xor:"end"`
	By    string `help:"押す人の名前 / who" required:""`
}

// Run sets a switch of the house, or ends it.
func (c noticeCmd) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		store, kind := notice.New(h.sure), notice.Kind(c.Kind)
		if c.End {
			if err := store.End(ctx, rand.Text(), kind, c.By, h.clock()); err != nil {
				return err
			}
			fmt.Println("終わりにしました。もとの案内にもどります / ended")
			return nil
		}
		until, err := time.ParseInLocation("2006-01-02T15:04", c.Until, h.bundle().House.Zone)
		if err == nil {
			err = store.Set(ctx, rand.Text(), kind, until, c.By, h.clock())
		}
		if err != nil {
			return fmt.Errorf("--until には、これから31日より前の時間を 2026-11-22T17:00 の形で書きます / %w", err)
		}
		fmt.Printf("%s まで、待つ時間・メニュー・連絡先のページのことばが変わります / set until %s\n", c.Until, c.Until)
		return nil
	})
}
