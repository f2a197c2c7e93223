package house

import (
	"slices"
	"testing"
	"time"

	"engawa/handoff"
	"engawa/handoff/console"
	"engawa/handoff/find"
)

// TestASearchFindsOpenedWordsAndNeverErasedOnes goes over the real stores: what was
// opened is found however it is typed, what was taken back or deleted is not.
func TestASearchFindsOpenedWordsAndNeverErasedOnes(t *testing.T) {
	c := newCottage(t, false)
	s := &console.Search{Desk: c.desk, Talks: c.talksOf}
	finds := func(typed string) (texts []string) {
		t.Helper()
		hits, err := s.Find(c.ctx, find.Read(typed), func(handoff.Case) bool { return true })
		c.do(err)
		for _, h := range hits {
			texts = append(texts, h.Line.Text)
		}
		return texts
	}
	row, inside := c.taken()
	if got := finds("家賃のｶﾅﾘｱ"); len(got) != 0 {
		t.Errorf("words that nobody has opened were found: %q", got)
	}
	_, err := c.desk.Opened(c.ctx, row.ID, suzuran, time.Now().Add(time.Minute))
	c.do(err)
	c.until("opened words are found", func() bool {
		return slices.Equal(finds("家賃 ｶﾅﾘｱ"), []string{"家賃のカナリアです"})
	})
	if got := finds("かなりあより"); !slices.Equal(got, []string{"読みました。カナリアより"}) {
		t.Errorf("a coordinator's own words: %q", got)
	}
	_, err = c.phone.Unsend(inside.Message)
	c.do(err)
	c.until("words that were taken back are found no more", func() bool { return len(finds("家賃のカナリア")) == 0 })
	if got := finds("電話番号"); len(got) != 1 {
		t.Errorf("the words beside them: %q, want them still", got)
	}
	c.deletes(row)
	for _, typed := range []string{"電話番号", "カナリア", "です"} {
		if got := finds(typed); len(got) != 0 {
			t.Errorf("after 消す %q finds %q", typed, got)
		}
	}
}
