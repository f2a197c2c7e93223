package house

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/board"
	"engawa/bot/dialogue"
	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/config"
	"engawa/config/privacy"
	"engawa/flows"
	"engawa/flows/catalogue"
)

// death cuts a process off from its store at one of its commands: before the store has
// carried it out, or after it has and before anybody knows. All later ones fail too.
type death struct {
	mu       sync.Mutex
	in, sent int // commands left until then, 0 = it lives; how many were sent
	after    bool
}

// set lets it happen at the in-th command from now; 0 never. It says how many were sent until now.
func (d *death) set(in int, after bool) (sent int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	sent = d.sent
	d.in, d.sent, d.after = in, 0, after
	return sent
}

// comes says whether the next command finds the process dead, and whether it still goes out.
func (d *death) comes() (dead, out bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent++
	if d.in == 0 {
		return false, true
	}
	if d.in > 1 {
		d.in--
		return false, true
	}
	out, d.after = d.after, false // once; then it is dead for good
	return true, out
}

var errDead = errors.New("dead")

func (d *death) next(run func() error) (err error) {
	dead, out := d.comes()
	if out {
		err = run()
	}
	if dead {
		return errDead
	}
	return err
}

func (d *death) DialHook(next redis.DialHook) redis.DialHook { return next }

func (d *death) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := d.next(func() error { return next(ctx, cmd) })
		if errors.Is(err, errDead) {
			cmd.SetErr(err)
		}
		return err
	}
}

func (d *death) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := d.next(func() error { return next(ctx, cmds) })
		if errors.Is(err, errDead) {
			for _, c := range cmds {
				c.SetErr(err)
			}
		}
		return err
	}
}

// stage is a group with a post, two residents who kept it of whom one asked for news,
// and a house that may die.
type stage struct {
	*house
	t     *testing.T
	death *death
	n     int
	past  *board.Store // the same board a hundred days ago
	group *board.Group
	host  board.Member
	post  string
}

func newStage(t *testing.T) *stage {
	s := &stage{house: standingHouse(t), t: t, death: &death{}}
	s.cfg.Alarm.MailServer, s.cfg.Alarm.MailFrom = config.NewSecret("smtp://127.0.0.1:9"), "engawa@example.jp"
	s.rdb.AddHook(s.death)
	s.past = board.New(s.sure, s.vault, func() time.Time { return time.Now().AddDate(0, 0, -100) })
	return s
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) person(name string) flows.PersonID {
	id := flows.PersonID(fmt.Sprintf("07-%s%d", name, s.n))
	s.must(s.rdb.HSet(s.t.Context(), people.Key(id, "person"), people.FieldBlind, string(id)).Err())
	return id
}

// prepare sets the stage anew; on is the board of which day the group posted.
func (s *stage) prepare(on *board.Store, trusted bool) {
	s.t.Helper()
	s.n++
	ctx, name := s.t.Context(), fmt.Sprintf("stage%d", s.n)
	g, err := on.Register(ctx, name, board.NewGroup{Name: "ひだまりの会", Trusted: trusted}, "himawari")
	s.must(err)
	in, err := on.Invite(ctx, name+"i", g.ID, 3, time.Hour, true, "himawari")
	s.must(err)
	_, s.host, err = on.Join(ctx, name+"h", in.Code, "たんぽぽ", name, s.person("host"))
	s.must(err)
	_, byMail, err := on.Join(ctx, name+"m", in.Code, "なずな", name, "")
	s.must(err)
	s.must(on.SetAddress(ctx, name+"a", g.ID, byMail.ID, "nazuna@example.jp", true))
	p, err := on.Submit(ctx, name+"p", g.ID, s.host.ID, "", 0, s.tea())
	s.must(err)
	if !trusted {
		_, err = on.Decide(ctx, name+"d", p.ID, p.Version, board.Accept, "", "himawari")
		s.must(err)
	}
	s.group, s.post = g, p.ID
	s.must(s.rdb.HSet(ctx, dialogue.KeptKey(7), p.ID+" "+string(s.person("listener")), "1").Err())
	s.person("stranger")
	s.must(s.posted.Look(ctx))
}

func (s *stage) tea() *catalogue.Entry {
	day := s.day()
	return &catalogue.Entry{Kind: catalogue.Ibasho, Title: catalogue.Ja("静かなお茶の会"), Facts: []string{"話さなくてOK"}, Times: []catalogue.When{{
		Start: catalogue.Local(day + "T14:00"), End: catalogue.Local(day + "T16:00"), Rule: catalogue.Weekly(1, time.Now().In(catalogue.Tokyo).AddDate(0, 0, 5).Weekday())}}}
}

func (s *stage) day() catalogue.Day {
	return catalogue.DayOf(time.Now().In(catalogue.Tokyo).AddDate(0, 0, 5))
}

// told is how many events and letters lie there. An event that was appended twice has one
// name and is taken once.
func (s *stage) told() (events, letters int64) {
	s.t.Helper()
	names := map[string]bool{}
	for l := range inbox.Lane(16) {
		all, err := s.rdb.XRange(s.t.Context(), inbox.LaneKey(l, "in"), "-", "+").Result()
		s.must(err)
		for _, m := range all {
			id, _ := m.Values["id"].(string)
			names[id] = true
		}
	}
	events = int64(len(names))
	letters, err := s.rdb.HLen(s.t.Context(), "{board}:letters").Result()
	s.must(err)
	return events, letters
}

// TestAKillAtAnyStepBetweenAChangeAndItsNewsTellsOnceWhoAskedForIt cuts the house off at
// every command that it sends from the change of a post or group to the last one told,
// lets whoever did it try again as people do, and counts who is told.
func TestAKillAtAnyStepBetweenAChangeAndItsNewsTellsOnceWhoAskedForIt(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	off := func() *catalogue.Entry {
		e := s.tea()
		e.Times[0].Changes = []catalogue.Change{{Day: s.day()}}
		return e
	}
	for name, x := range map[string]struct {
		prepare         func()
		act             func(act string) error
		events, letters int64
	}{
		"approval": {func() {
			s.prepare(s.board, false)
			p, err := s.board.Post(ctx, s.post)
			s.must(err)
			_, err = s.board.Submit(ctx, fmt.Sprint("next", s.n), s.group.ID, s.host.ID, s.post, p.Rev(), off())
			s.must(err)
		}, func(act string) error {
			_, err := s.board.Decide(ctx, act, s.post, 2, board.Accept, "", "himawari")
			return err
		}, 1, 0},
		"cancel": {func() { s.prepare(s.board, true) }, func(act string) error {
			_, err := s.board.Cancel(ctx, act, s.group.ID, s.host.ID, s.post, s.day())
			return err
		}, 1, 0},
		"recall of a group": {func() { s.prepare(s.board, true) }, func(act string) error {
			_, err := s.board.Set(ctx, act, s.group.ID, board.Recalled, "himawari")
			return err
		}, 1, 0},
		"question": {func() { s.prepare(s.board, true) }, func(act string) error {
			return s.board.Ask(ctx, act, s.post, "07-somebody", []string{"m1"})
		}, 1, 1},
		"silence": {func() { s.prepare(s.past, true) }, func(string) error { return nil }, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.death.set(0, false)
			whole := 1
			for cut := 0; cut <= whole; cut++ {
				for _, after := range []bool{false, true} {
					x.prepare()
					events, letters := s.told()
					act := fmt.Sprint("act", s.n)
					tell := func() error {
						if err := x.act(act); err != nil {
							return err
						}
						return errors.Join(s.posted.Look(ctx), s.tellOnce(ctx))
					}
					s.death.set(cut, after)
					_ = tell() // dies on the way, but for cut 0
					if sent := s.death.set(0, false); cut == 0 {
						whole = sent
					}
					for range 2 {
						s.must(tell())
					}
					gotE, gotL := s.told()
					if gotE-events != x.events || gotL-letters != x.letters {
						t.Fatalf("killed at command %d of %d (after %v): got %d events and %d letters, want %d and %d", cut, whole, after, gotE-events, gotL-letters, x.events, x.letters)
					}
				}
			}
			t.Logf("%d commands, each cut off before and after", whole)
		})
	}
}

// An address that cannot be read keeps its own notice open, and nobody else's.
func TestOneMemberWhoCannotBeToldKeepsNobodyElseFromHearing(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	s.prepare(s.past, true)
	s.must(s.vault.Shred(ctx, privacy.Owner("group:"+s.group.ID)))
	s.prepare(s.past, true)
	for range 3 {
		if err := errors.Join(s.posted.Look(ctx), s.tellOnce(ctx)); err == nil {
			t.Fatal("got no error, want the unreadable address told of until somebody puts it right")
		}
	}
	if events, letters := s.told(); events != 2 || letters != 1 {
		t.Errorf("got %d told in LINE and %d letters, want both hosts and the one who can be written to", events, letters)
	}
}

// The desk sees what a group has answered, on the task of who asked, also while a human
// has the talk and the answer waits.
func TestTheDeskSeesAGroupsAnswerOnItsTaskOnce(t *testing.T) {
	s := newStage(t)
	s.prepare(s.board, true)
	ctx, who := t.Context(), s.person("stranger")
	note := flows.DeskNote{Do: flows.NoteTask, Task: &flows.TaskNote{Kind: flows.TaskQuestion, ID: "question:" + s.post, Entry: flows.CardID(s.post), Texts: []string{"m1"}}}
	for range 3 {
		s.must(deskAndBoard{s.house}.Take(ctx, "q1", who, "つばめ", note))
	}
	for range 3 {
		_, err := s.board.Answer(ctx, s.group.ID, s.host.ID, "q1", "入れます。段はありません。")
		s.must(err)
		if err := s.tellOnce(ctx); err != nil {
			t.Fatal(err)
		}
	}
	tasks, err := s.desk.TasksOf(ctx, who)
	s.must(err)
	if len(tasks) != 1 {
		t.Fatalf("got %d tasks, want 1", len(tasks))
	}
	notes, err := s.desk.TaskNotes(ctx, tasks[0].ID)
	s.must(err)
	if len(notes) != 1 || notes[0].Text != "入れます。段はありません。" || notes[0].By.Alias != "ひだまりの会" {
		t.Errorf("got %+v, want the answer once, and whose it is", notes)
	}
}
