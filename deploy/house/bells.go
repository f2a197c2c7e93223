package house

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"engawa/handoff"
	"engawa/handoff/alarm/own"
	"engawa/handoff/alarm/push"
	"engawa/handoff/alarm/wake"
	logbook "engawa/handoff/book"
	"engawa/handoff/console"
	"engawa/handoff/staff"
)

// office is what staff are reached by.
type office struct {
	bells *push.Store   // browsers that ring; nil = none
	book  *logbook.Book // the log of it all
	own   *own.Store    // what each has said of being reached
}

// joinBells lets browsers ring, if the operator has said so.
func (h *house) joinBells() []wake.Way {
	hosts := h.cfg.Alarm.Push
	if len(hosts) == 0 {
		return nil
	}
	if hosts[0] == "yes" {
		hosts = push.WellKnown
	}
	h.bells = push.New(h.sure, h.vault, push.Options{
		Hosts: hosts, Subject: h.cfg.PushSubject(), May: h.reading, On: h.shifts.On,
		Quiet: h.own.QuietAccount, Must: h.must,
		Zone: func() *time.Location { return h.bundle().House.Zone }, Now: h.clock, Log: h.log,
	})
	return []wake.Way{h.bells}
}

// bellsShown is what the console may offer: nothing where there is nothing.
func (h *house) bellsShown() console.Bells {
	if h.bells == nil {
		return nil
	}
	return h.bells
}

// reading lists the accounts that may know of an alarm.
func (h *house) reading(ctx context.Context) ([]string, error) {
	all, err := h.staff.List(ctx)
	var names []string
	for _, a := range all {
		if !a.Disabled && a.Is(staff.Coordinator, staff.Supervisor, staff.AreaLead) {
			names = append(names, a.Name)
		}
	}
	return names, err
}

// lookForWaiting is how often the line is looked at though the desk says nothing:
// in the morning somebody comes on shift, and the line is as it was.
const lookForWaiting = 30 * time.Second

// must says whether a cry for help has to reach somebody at t, whoever wants quiet:
// while the house is open, or where somebody is called at night.
func (h *house) must(t time.Time) bool {
	open, _ := h.shifts.OpenAt(t)
	return open || h.houseNow().Night
}

// ringForWaiting tells those who asked for it that somebody waits, until ctx ends.
func (h *house) ringForWaiting(ctx context.Context) error {
	if h.bells == nil && !h.cfg.Alarm.MailServer.Set() {
		<-ctx.Done()
		return nil
	}
	changed, tick := h.desk.Watch(ctx), time.NewTicker(lookForWaiting)
	defer tick.Stop()
	for {
		if err := errors.Join(h.tellOfWaiting(ctx), h.tellOfAsked(ctx)); err != nil && ctx.Err() == nil {
			h.log.Warn("bells: looking who waits", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-tick.C:
		}
	}
}

func (h *house) tellOfWaiting(ctx context.Context) error {
	if h.bells == nil {
		return nil
	}
	rows, err := h.desk.Queue(ctx)
	if err != nil {
		return err
	}
	ids := make([]string, len(rows))
	for i, r := range rows { // who comes back into the line waits anew
		ids[i] = string(r.ID) + "@" + strconv.FormatInt(r.Waits.UnixMilli(), 10)
	}
	return h.bells.Waiting(ctx, ids)
}

// tellOfAsked rings for those who are asked to take a talk over: one colleague by
// name, or who of a team or area is on shift.
func (h *house) tellOfAsked(ctx context.Context) error {
	held, err := h.desk.Mine(ctx, "")
	if err != nil {
		return err
	}
	for _, r := range held {
		if r.AskAt.IsZero() {
			continue
		}
		accounts, err := h.askedOf(ctx, r.Case)
		if err != nil {
			return err
		}
		id := string(r.ID) + "@" + strconv.FormatInt(r.AskAt.UnixMilli(), 10)
		if err := h.writeToAsked(ctx, id, accounts); err != nil {
			h.log.Warn("bells: a mail to who is asked did not go out", "err", err)
		}
		if h.bells == nil {
			continue
		}
		if err := h.bells.Asked(ctx, id, accounts); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) askedOf(ctx context.Context, k handoff.Case) ([]string, error) {
	if k.Asks == handoff.AskColleague {
		return []string{k.Asked.Name}, nil
	}
	names, err := h.answering(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := h.desk.Members(ctx, names)
	if err != nil {
		return nil, err
	}
	now := h.clock()
	return slices.DeleteFunc(slices.Clone(groups[k.Asked.Alias]), func(name string) bool { return name == k.Staff.Name || !h.shifts.On(name, now) }), nil
}
