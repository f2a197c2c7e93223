package dialogue

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// lockedBuffer is a log that may be written and read at once.
type lockedBuffer struct {
	mu    sync.Mutex
	b     bytes.Buffer
	quiet bool
}

// off makes it forget what is written: a benchmark does not look.
func (l *lockedBuffer) off() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet = true
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.quiet {
		return len(p), nil
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lockedBuffer) tail() string {
	s := l.all()
	return s[max(0, len(s)-3000):]
}

// sent is one call to LINE.
type sent struct {
	by   string // reply token or retry key
	to   string // push
	msgs []string
}

// fakeLINE accepts everything, once per token and key, as LINE does.
type fakeLINE struct {
	mu      sync.Mutex
	sends   []sent
	used    map[string]bool
	loading int
	read    []string // tokens of markAsRead
}

func (f *fakeLINE) add(s sent, msgs []json.RawMessage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.used == nil {
		f.used = map[string]bool{}
	}
	if f.used[s.by] {
		return
	}
	f.used[s.by] = true
	for _, m := range msgs {
		s.msgs = append(s.msgs, string(m))
	}
	f.sends = append(f.sends, s)
}

func (f *fakeLINE) Reply(_ context.Context, token string, msgs []json.RawMessage) error {
	f.add(sent{by: token}, msgs)
	return nil
}

func (f *fakeLINE) Push(_ context.Context, to, key string, msgs []json.RawMessage) error {
	f.add(sent{by: key, to: to}, msgs)
	return nil
}

func (f *fakeLINE) Loading(context.Context, string, int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loading++
	return nil
}

func (f *fakeLINE) MarkRead(_ context.Context, token string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read = append(f.read, token)
	return nil
}

// marked are the tokens by which 既読 was shown.
func (f *fakeLINE) marked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.read)
}

// messages are all that was shown to residents, one string per message object.
func (f *fakeLINE) messages() (all []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sends {
		all = append(all, s.msgs...)
	}
	return all
}

// with counts the messages that show a text.
func (f *fakeLINE) with(text string) (n int) {
	for _, m := range f.messages() {
		if strings.Contains(m, text) {
			n++
		}
	}
	return n
}

func (f *fakeLINE) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.sends)
}

// fakeDesk is the desk and the alarm. It takes each id once.
type fakeDesk struct {
	mu     sync.Mutex
	notes  []flows.DeskNote
	alarms []flows.Alarm
	ids    []string
	posts  []string
	leaves []flows.GroupID
	felts  []flows.BoardNote
}

func (f *fakeDesk) Take(_ context.Context, id string, _ flows.PersonID, _ string, note flows.DeskNote) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.ids, id) {
		f.ids, f.notes = append(f.ids, id), append(f.notes, note)
	}
	return nil
}

func (f *fakeDesk) Raise(_ context.Context, id string, _ flows.PersonID, _ string, a flows.Alarm) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.Contains(f.ids, id) {
		f.ids, f.alarms = append(f.ids, id), append(f.alarms, a)
	}
	return nil
}

// Carry is the board. What it was given it may be given again.
func (f *fakeDesk) Carry(_ context.Context, id string, _ flows.PersonID, note flows.BoardNote, post []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.Contains(f.ids, id) {
		return nil
	}
	f.ids = append(f.ids, id)
	if note.Do == flows.BoardFelt {
		f.felts = append(f.felts, note)
		return nil
	}
	if note.Do == flows.BoardLeave {
		f.leaves = append(f.leaves, note.Group)
		return nil
	}
	f.posts = append(f.posts, note.Form.ID+" "+string(post))
	return nil
}

// posted lists what came to the board.
func (f *fakeDesk) posted() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.posts)
}

func (f *fakeDesk) Ahead(context.Context, flows.PersonID) (int, error)    { return 2, nil }
func (f *fakeDesk) Alarmed(context.Context, flows.PersonID) (bool, error) { return false, nil }

// noted lists the notes of one kind.
func (f *fakeDesk) noted(do flows.NoteDo) (all []flows.DeskNote) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.notes {
		if n.Do == do {
			all = append(all, n)
		}
	}
	return all
}

func (f *fakeDesk) raised() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.alarms)
}

// house is a bundle in which every fixed line says its own key.
func house() *flows.Bundle {
	b := &flows.Bundle{
		Hash: "0123456789ab",
		House: flows.House{
			Name: "縁側", City: "ひなた区", Zone: time.FixedZone("JST", 9*60*60), Night: true,
			Hours: map[time.Weekday][]flows.Span{},
		},
		Flows: map[flows.FlowID]*flows.Flow{}, Scenes: map[flows.SceneKey]*flows.Scene{},
		Cards: map[flows.CardID]*flows.Card{}, Lines: map[string][]flows.Phrase{},
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		b.House.Hours[d] = []flows.Span{{From: 0, To: 24 * 60}}
	}
	for _, key := range strings.Fields(`greeting greeting.back follow menu.lead clarify.lead clarify.again clarify.human none.lead
		resume.lead late.tap human.open human.closed human.shared human.hidden human.all human.again line.place line.none line.left
		waiting.receipt joined returned passed.on passed.knows passed.away passed.wide passed.relieved passed.stays passed.say same.told same.back same.stays paused paused.receipt resumed handback closed talked.ask talked.thanks promised human.receipt bot.back end end.human stop stop.ask stop.muted
		stop.kept back.none restart lang.ask lang.done lang.fallback delete.ask delete.done delete.no forget.ask forget.done privacy
		crisis.life crisis.violence crisis.medical worry.life worry.violence worry.medical sticker media location unknown talk drop
		trouble friend.hint worry.ok find.none find.how post.gone post.go post.keep post.tell.yes post.news.off post.news.moved post.with
		form.home form.nobody form.what form.when form.where form.look form.repeat form.for form.facts form.sent form.photo form.photo.no form.gone group.in group.no group.often`) {
		b.Lines[key] = []flows.Phrase{{flows.Ja: "«" + key + "»"}}
	}
	for _, x := range []flows.Exit{
		flows.ExHuman, flows.ExEnd, flows.ExStop, flows.ExBack, flows.ExRestart, flows.ExLang, flows.ExDelete, flows.ExDeleteNow, flows.ExForget,
		flows.ExBot, flows.ExSame, flows.ExLeave, flows.ExHide, flows.ExShowAll, flows.ExMenu, flows.ExPrivacy, flows.ExYes, flows.ExNo, flows.ExNone,
	} {
		b.Lines["exit."+string(x)] = []flows.Phrase{{flows.Ja: string(x)}}
	}
	b.Scenes["okane/家賃"] = &flows.Scene{
		Key: "okane/家賃", Flow: "okane", Name: "家賃", Texts: []flows.Phrase{{flows.Ja: "«家賃のこと»"}},
		Choices: []flows.Choice{{Label: flows.Phrase{flows.Ja: "滞納している"}, End: true}, {Label: flows.Phrase{flows.Ja: "これから心配"}, End: true}},
	}
	b.Flows["okane"] = &flows.Flow{ID: "okane", Title: flows.Phrase{flows.Ja: "お金のこと"}, Topic: "money", Start: "okane/家賃", Harmless: true}
	b.Order = []flows.FlowID{"okane"}
	b.Menu = []flows.MenuEntry{{Label: flows.Phrase{flows.Ja: "お金のこと"}, Scene: "okane/家賃"}}
	b.Words.Urgent = []flows.UrgentRule{{ID: "life-1", Lang: flows.Ja, Urgency: flows.Life, Level: flows.Clear, Any: []string{"死にたい"}}}
	b.Words.Exits = map[flows.Exit][]string{flows.ExHuman: {"人と話す"}, flows.ExStop: {"もう送らないで"}, flows.ExDelete: {"消す"}}
	return b
}

func redisZ(at time.Time, member any) redis.Z {
	return redis.Z{Score: float64(at.UnixMilli()), Member: member}
}
