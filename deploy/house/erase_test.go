package house

import (
	"slices"
	"testing"
	"time"

	"engawa/bot/people"
)

// TestALineThatTheDeskDeletesIsGoneFromTheStoreAndNothingElseIs goes over the real
// stores: the resident's words, and a coordinator's, whose letter has left long ago.
func TestALineThatTheDeskDeletesIsGoneFromTheStoreAndNothingElseIs(t *testing.T) {
	c := newCottage(t, false)
	row, inside := c.taken()
	_, err := c.desk.Opened(c.ctx, row.ID, suzuran, time.Now().Add(time.Minute))
	c.do(err)
	line := func(by string, gone bool) (id string) {
		said, err := c.people.Talk(c.ctx, row.Person, time.Time{})
		c.do(err)
		i := slices.IndexFunc(said, func(s people.Said) bool {
			return s.By == by && s.Gone == gone && (by != people.ByResident || gone || s.ID == inside.Message)
		})
		if i < 0 {
			return ""
		}
		return said[i].ID
	}
	before, err := c.desk.Get(c.ctx, row.ID)
	c.do(err)
	for i, by := range []string{people.ByResident, people.ByStaff} {
		id := line(by, false)
		if id == "" {
			t.Fatalf("nothing of the %s stands in the talk", by)
		}
		for range 3 {
			_, err := c.desk.Erase(c.ctx, row.ID, suzuran, false, "erase"+by, id, "name")
			c.do(err)
		}
		c.until("the words of the "+by+" are gone", func() bool { return line(by, true) == id })
		c.until("open pages look anew", func() bool {
			now, err := c.desk.Get(c.ctx, row.ID)
			c.do(err)
			return now.Withdrawn.After(before.Withdrawn) && len(now.Erased) == i+1
		})
		before, err = c.desk.Get(c.ctx, row.ID)
		c.do(err)
	}
	said, err := c.people.Talk(c.ctx, row.Person, time.Time{})
	c.do(err)
	if i := slices.IndexFunc(said, func(s people.Said) bool { return s.By == people.ByResident && !s.Gone }); i < 0 {
		t.Error("the lines beside them went, too")
	}
	if c.redis.Client().Exists(c.ctx, people.Key(row.Person, "words")).Val() == 0 || before.State != "talking" {
		t.Errorf("the talk is %s, want it as it was", before.State)
	}
}
