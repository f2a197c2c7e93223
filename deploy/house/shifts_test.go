package house

import (
	"errors"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/staff"
)

// alwaysOpen makes the house open at every hour, so that only people make it closed.
func (c *cottage) alwaysOpen() {
	c.bundle().House.Hours, c.bundle().House.Closed = map[time.Weekday][]flows.Span{}, nil
	for d := time.Sunday; d <= time.Saturday; d++ {
		c.bundle().House.Hours[d] = []flows.Span{{From: 0, To: 24 * 60}}
	}
}

// hire makes an account and gives its first password.
func (c *cottage) hire(name, alias string) string {
	c.t.Helper()
	password, err := c.staff.Add(c.ctx, staff.Account{Name: name, Alias: alias, Roles: []staff.Role{staff.Coordinator}}, "")
	c.do(err)
	return password
}

func TestWhoeverAsksWhileEverybodyIsOutHearsWhenSomebodyIsBack(t *testing.T) {
	c := newCottage(t, false)
	c.alwaysOpen()
	c.hire(suzuran.Name, suzuran.Alias)
	c.do(c.shifts.Out(c.ctx, suzuran.Name, time.Now().Add(26*time.Hour)))
	c.writes("人と話したい", "いま、相談員はいません。次に人が読むのは")
	c.do(c.shifts.Back(c.ctx, suzuran.Name))
	c.user = c.phone.NewUser()
	c.writes("人と話したい", "人につなぎます")
}

func TestWhoIsDismissedLeavesNoTalkBehind(t *testing.T) {
	c := newCottage(t, false)
	password := c.hire(suzuran.Name, suzuran.Alias)
	c.writes("人と話したい", "")
	row := c.waiting()
	_, err := c.desk.Claim(c.ctx, row.ID, suzuran)
	c.do(err)
	if n, err := c.dismiss(c.ctx, suzuran.Name); err != nil || n != 1 {
		t.Fatalf("%d talks went back, err %v, want 1", n, err)
	}
	if row := c.waiting(); row.State != handoff.Waiting || row.Last != suzuran {
		t.Errorf("the case is %s, before with %v", row.State, row.Last)
	}
	if _, _, err := c.staff.Login(c.ctx, suzuran.Name, password, ""); !errors.Is(err, staff.ErrDenied) {
		t.Errorf("signing in afterwards: %v, want ErrDenied", err)
	}
	if _, err := c.dismiss(c.ctx, "nobody"); !errors.Is(err, staff.ErrUnknown) {
		t.Errorf("dismissing nobody: %v, want ErrUnknown", err)
	}
	c.answered(0, "すずらんさん")
}
