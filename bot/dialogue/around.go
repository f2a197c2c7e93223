package dialogue

import (
	"context"
	"encoding/json"
	"time"

	"engawa/bot/inbox"
	"engawa/flows"
)

// lookAround gathers what changes outside.
func (t *turn) lookAround(ctx context.Context) {
	b, st := t.bundle, t.person.State
	now := t.now
	if b.House.Zone != nil {
		now = now.In(b.House.Zone)
	}
	t.view = flows.View{
		Now: now, Night: b.House.Night, Friend: t.person.Friend, Records: b.House.Records, Model: t.d.Second != nil, Catalogue: b.Hash,
	}
	if t.d.Notice != nil {
		t.view.Notice = t.d.Notice()
	}
	opening := b.House.OpenAt
	if t.d.Opening != nil {
		opening = t.d.Opening
	}
	t.view.Open, t.view.NextOpen = opening(now)
	if t.d.Reads != nil {
		t.view.Teams = t.d.Reads(now)
	}
	if around := t.d.Around; around != nil && t.mode == modeHere {
		var err error
		if st.Mode == flows.ModeWaiting {
			t.view.Ahead, err = around.Ahead(ctx, t.person.ID)
		}
		if err == nil && st.Mode == flows.ModeWaiting && len(t.view.Teams) > 0 {
			t.view.Team, err = t.d.Team(ctx, t.person.ID)
		}
		if err == nil && t.event.Kind == flows.EvTimer && t.event.Timer.Kind == flows.TimerAlarm {
			t.view.Alarmed, err = around.Alarmed(ctx, t.person.ID)
		}
		if err != nil {
			t.d.opt.Log.Warn("dialogue: the desk does not answer; the turn goes on without it", "person", t.person.ID, "err", err)
		}
	}
	t.lookAtRoom(ctx)
	t.lookAtBoard()
	t.lookAtGroups(ctx)
}

// permit holds back what must not reach anybody, whatever was decided: in standby
// nothing is sent, and who is gone cannot be reached.
func (t *turn) permit() {
	if !t.event.Standby && t.mode != modeNone {
		return
	}
	kept := t.effects[:0:0]
	for _, e := range t.effects {
		if e.Kind == flows.EfDesk || t.event.Standby && e.Kind == flows.EfAlarm {
			kept = append(kept, e)
		}
	}
	t.effects = kept
}

// showLoading tells the person that an answer is coming when it takes long. While
// a human has the talk nothing is shown. The function it returns ends it.
func (t *turn) showLoading(ctx context.Context) (end func()) {
	first := t.run[0]
	if t.d.Loading == nil || t.mode != modeHere || first.Kind != inbox.FromLINE || t.event.Standby ||
		t.person.State.Mode == flows.ModeHuman {
		return func() {}
	}
	id := t.person.ID
	timer := time.AfterFunc(loadingAfter, func() {
		if err := t.d.Loading(ctx, id); err != nil {
			t.d.opt.Log.Debug("dialogue: loading sign", "person", id, "err", err)
		}
	})
	return func() { timer.Stop() }
}

// stateChanged says whether there is a new state to write.
func (t *turn) stateChanged() bool {
	a, errA := json.Marshal(t.person.State)
	b, errB := json.Marshal(t.after)
	return errA != nil || errB != nil || string(a) != string(b)
}
