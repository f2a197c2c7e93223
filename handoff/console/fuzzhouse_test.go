package console

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/redistest"
	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/alarm"
	"engawa/handoff/alarm/own"
	"engawa/handoff/ready"
	"engawa/handoff/staff"
)

// fuzzed is a console with everything in it, which goes back to the same morning
// before each run: what a run finds, it finds again alone.
type fuzzed struct {
	*office
	forms   []route
	pages   []string            // that can be looked at afterwards
	fields  map[string][]string // address → names that its handler reads
	known   map[string][]string // address → words that its handler knows
	fits    map[string][]string // field → values that fit it
	ids     map[string][]string // first part of an address → what stands there
	tokens  []string            // of somebody of every role, of a coordinator, of nobody
	said    map[flows.PersonID][]Line
	aside   redis.UniversalClient // alarms and ready texts
	morning [2]map[string]string  // key → as the store dumps it

	groups  *fakeGroups
	content *fakeContent
	notices *fakeNotices
	bells   *fakeBells
	model   *fakeModel
	reach   *fakeOwn
}

func newFuzzed(t testing.TB) *fuzzed {
	t.Helper()
	f := &fuzzed{
		groups: peers(), content: &fakeContent{}, notices: &fakeNotices{}, bells: &fakeBells{},
		model: &fakeModel{}, reach: &fakeOwn{said: map[string]own.Reach{}},
	}
	f.aside = redistest.Client(t)
	f.office = newOffice(t, secondsFor(), f.furnish)
	for _, r := range routes {
		switch {
		case r.method == http.MethodPost && r.path != previewPath: // what is tried out there has its own fuzzers
			f.forms = append(f.forms, r)
		case r.method == http.MethodGet && !strings.ContainsAny(r.path, "*") && !strings.HasPrefix(r.path, "/static") && r.path != "/live":
			f.pages = append(f.pages, r.path)
		}
	}
	f.fields, f.known = readHandlers(t, f.forms)
	f.settle(t)
	return f
}

// furnish puts in what an office is without.
func (f *fuzzed) furnish(p *Parts) {
	desk := p.Desk.(*handoff.Desk)
	p.Alarms, p.Ready = alarm.New(f.aside, &lanes{}, p.Now, p.Log), ready.New(f.aside, p.Now)
	p.Eyes, p.Rests, p.Keeps, p.Undo, p.Overview, p.RoomOffer = desk, desk, desk, desk, desk, opensRooms{desk}
	p.Groups, p.Content, p.Notices, p.Bells, p.Model, p.Own, p.Mails = f.groups, f.content, f.notices, f.bells, f.model, f.reach, true
	f.notices.now = p.Now
	p.Plain = func(words string) (faults, advice []string) {
		if strings.Contains(words, "!") {
			return []string{words}, []string{words}
		}
		return nil, nil
	}
	p.Places = func(typed string, _ flows.Lang) []Card { return []Card{{Title: typed, Text: typed}} }
	p.Harsh = func(text string) bool { return strings.Contains(text, "ばか") }
	p.Looked = func(context.Context, string, time.Time) error { return nil }
	p.LINEID = func(context.Context, flows.PersonID) (string, error) { return policeID, nil }
	p.Search = &Search{Desk: desk, Talks: func(ctx context.Context, persons []flows.PersonID, keep func(string) bool) (map[flows.PersonID][]Line, error) {
		talks := map[flows.PersonID][]Line{}
		for _, person := range persons {
			said, err := p.Words.Talk(ctx, person, time.Time{})
			if err != nil {
				return nil, err
			}
			talks[person] = slices.DeleteFunc(said, func(l Line) bool { return !keep(l.Text) })
		}
		return talks, nil
	}}
}

// settle lets people come in, and keeps that morning.
func (f *fuzzed) settle(t testing.TB) {
	t.Helper()
	ctx, words := t.Context(), f.parts.Words.(*fakeWords)
	f.words = words
	suzu, kaede := handoff.Staff{Name: "suzu", Alias: "すずらん"}, handoff.Staff{Name: "kaede", Alias: "かえで"}
	everything := staff.Account{Name: "all", Alias: "みんな", Roles: staff.Roles[:]}
	_, err := f.accounts.Add(ctx, everything, password)
	all := handoff.Staff{Name: "all", Alias: "みんな"}
	f.ids = map[string][]string{"people": {"suzu", "all"}, "group": {"g1"}, "post": {"p1"}, "content": {"food"}, "practice": {"tsubame"}}
	for i, move := range []func(flows.CaseID) error{
		func(id flows.CaseID) error { _, err := f.desk.Claim(ctx, id, all); return err },
		func(flows.CaseID) error { return nil },
		func(id flows.CaseID) error {
			_, err := f.desk.Claim(ctx, id, suzu)
			if err == nil {
				_, err = f.desk.Ask(ctx, id, suzu, all)
			}
			return err
		},
		func(id flows.CaseID) error { _, err := f.desk.Claim(ctx, id, kaede); return err },
	} {
		n := strconv.Itoa(i)
		person := flows.PersonID("07-p" + n)
		words.add(person, Line{ID: "t" + n, At: f.now.Add(-time.Minute), By: "resident", Kind: "text", Text: "家賃がもう無理です。ばかみたい"})
		note := flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Lang: flows.Ja, Since: f.now.Add(-time.Hour).Unix()}
		if i == 1 {
			note.Urgency, note.Level, note.Lang = flows.Life, flows.Clear, flows.Vi
		}
		if err == nil {
			err = f.desk.Take(ctx, "n"+n, person, "みどりのつばめ "+n, note)
		}
		row, got := f.desk.Of(ctx, person)
		if err == nil && got == nil {
			err = move(row.ID)
		}
		f.ids["case"] = append(f.ids["case"], string(row.ID))
	}
	if err == nil {
		err = f.desk.Take(ctx, "n9", "07-p0", "みどりのつばめ 0", flows.DeskNote{Do: flows.NoteTask, Topic: "place", Lang: flows.Ja, Task: &flows.TaskNote{Kind: flows.TaskGoAlong, ID: "tea", Entry: "cafe", On: f.now.Add(48 * time.Hour).Unix(), Texts: []string{"t0"}}})
	}
	if err != nil {
		t.Fatalf("the morning: %v", err)
	}
	if err := f.parts.Alarms.(*alarm.Store).Raise(ctx, "a/1", "07-p0", "みどりのつばめ 0", flows.Alarm{Urgency: flows.Life, Level: flows.Clear}); err != nil {
		t.Fatal(err)
	}
	tasks, err := f.desk.Tasks(ctx)
	if err != nil || len(tasks) != 1 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	f.ids["task"] = []string{string(tasks[0].ID)}
	f.fits = fitting(f.now, f.ids)
	for _, who := range []string{"all", "suzu"} {
		token, _, err := f.parts.Staff.Enter(ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		f.tokens = append(f.tokens, token)
	}
	f.tokens = append(f.tokens, "")
	f.said = maps.Clone(words.said)
	for i, rdb := range []redis.UniversalClient{f.rdb, f.aside} {
		f.morning[i] = map[string]string{}
		for _, key := range rdb.Keys(ctx, "*").Val() {
			f.morning[i][key] = rdb.Dump(ctx, key).Val()
		}
	}
}

// again is the same morning.
func (f *fuzzed) again(t testing.TB) {
	t.Helper()
	for i, rdb := range []redis.UniversalClient{f.rdb, f.aside} {
		pipe := rdb.Pipeline()
		pipe.FlushDB(context.Background())
		for key, was := range f.morning[i] {
			pipe.Restore(context.Background(), key, 0, was)
		}
		if _, err := pipe.Exec(context.Background()); err != nil {
			t.Fatalf("the same morning: %v", err)
		}
	}
	f.words.said = maps.Clone(f.said)
	f.groups.did, f.groups.err, f.content.did, f.content.refuse = nil, nil, nil, nil
	f.notices.is, f.notices.log, f.notices.acts = flows.Notice{}, nil, nil
	f.bells.all, f.bells.tried, f.model.seen = nil, nil, nil
	clear(f.reach.said)
	f.log.mu.Lock()
	f.log.text.Reset()
	f.log.mu.Unlock()
}

// opensRooms is the desk as one that offers rooms: the room itself is elsewhere.
type opensRooms struct{ *handoff.Desk }

func (d opensRooms) OfferRoom(ctx context.Context, id flows.CaseID, _ handoff.Staff) (handoff.Case, error) {
	row, err := d.Get(ctx, id)
	return row.Case, err
}

// fitting are values that a page would put into its own fields.
func fitting(now time.Time, ids map[string][]string) map[string][]string {
	soon := strconv.FormatInt(now.Add(20*time.Hour).Unix(), 10)
	return map[string][]string{
		"act": {"a1", "a2"}, "noteact": {"a3"}, "rev": {"0", "1"}, "seen": {"7", "3"}, "version": {"2"}, "until": {soon}, "day": {"2026-11-24", "2026-12-24"}, "date": {"2026-11-26"}, "clock": {"17:00"},
		"id": {"post:p1", "card:food", "a1", "a/1"}, "kind": {"area", "team", "away", "disaster", "summary", "drafts", "translate", "plain"}, "of": {"", "北の圏域", "くらしの窓口"}, "name": {"さとう", "momo", "suzu", "南の圏域"}, "alias": {"もも"}, "level": {"2"},
		"role": {"coordinator", "administrator"}, "team": {"くらしの窓口", "北の圏域"}, "to": {"suzu", "kaede", "team:くらしの窓口", "area:北の圏域", "paused", "open"}, "password": {password, "違うことばですよ、これは"}, "old": {password}, "new": {"縁側で将棋をさす時間です"}, "again": {"縁側で将棋をさす時間です"},
		"d0": {""}, "d1": {"09:00-17:00", "9-17"}, "from": {"22:00", "2026-11-01"}, "most": {"5"}, "own": {"yes", ""}, "title": {"はじめ"}, "text": {"{alias}さん、こんにちは", "{"}, "whose": {"own", "all", "team:くらしの窓口"}, "mail": {"a@city.example.jp"}, "uses": {"3"}, "member": {"m1"}, "code": {"ABCD2345", "000000"},
		"verdict": {"accept", "ask", "refuse"}, "hash": {"bbbb00002222", "aaaa00001111"}, "file": {"i18n/en/okane.yaml"}, "endpoint": {"https://push.example/1"}, "group": {"g1"}, "step": {"0", "1"}, "unsay": {"a1"}, "next": {"/case/" + ids["case"][0]},
		"kept_to": {"/case/" + ids["case"][0] + "/note", "/ready"}, "kept": {"note=a&act=b", "%zz"}, "draft_for": {"answer", "note"}, "what": {"autoreply", "chat"}, "lang": {"en", "ja"}, "theme": {"dark"}, "size": {"large"}, "pick": {"card:0", "place:0"},
	}
}
