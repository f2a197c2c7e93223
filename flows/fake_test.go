package flows

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"
)

var tokyo = time.FixedZone("Asia/Tokyo", 9*3600)

// morning is a Friday at ten, when somebody reads.
var morning = time.Date(2026, 12, 4, 10, 0, 0, 0, tokyo)

func ja(s string) Phrase { return Phrase{Ja: s, JaEasy: "(やさしい)" + s, En: "(en) " + s} }

func one(s string) []Phrase { return []Phrase{ja(s)} }

// fakeLines are the fixed sentences of the fake house, each with its key in it.
func fakeLines() map[string][]Phrase {
	lines := map[string][]Phrase{
		"human.open":      one("つなぎます。{when}"),
		"human.closed":    one("次に読むのは {when}"),
		"waiting.receipt": one("受けとりました。{when}"),
		"human.receipt":   one("{staff}さんが読みます。{when}"),
		"joined":          one("{staff}さんが来ました"),
		"promised":        one("{when}に届きます"),
		"paused.receipt":  one("お休み中です。つづきは{when}から"),
		"line.place":      one("前に{ahead}人"),
		"resume.lead":     one("前は「{scene}」でした"),
		"talk":            {ja("はい、います"), ja("聞いています"), ja("ここにいます")},
	}
	for _, key := range []string{"greeting", "greeting.back", "follow", "menu.lead", "clarify.lead", "clarify.again", "clarify.here", "clarify.human", "none.lead",
		"late.tap", "human.shared", "human.hidden", "human.all", "human.again", "line.none", "line.left", "returned", "handback", "closed", "talked.ask", "talked.thanks",
		"bot.back", "end", "end.human", "stop", "stop.ask", "stop.muted", "stop.kept", "back.none", "restart", "lang.ask", "lang.done", "lang.fallback", "lang.offer",
		"delete.ask", "delete.done", "delete.no", "forget.ask", "forget.done", "privacy", "crisis.life", "crisis.violence", "crisis.medical",
		"crisis.life.night", "worry.life", "worry.ok", "sticker", "media", "location", "unknown", "draft.notice", "friend.hint",
		"find.none", "find.how", "post.gone", "post.go", "post.keep", "post.kept.already", "post.kept.none", "post.tell.yes", "post.tell.no", "post.dropped",
		"passed.on", "passed.knows", "passed.away", "passed.wide", "passed.relieved", "passed.stays", "passed.say", "same.told", "same.back", "same.stays", "paused", "resumed",
		"post.with", "post.ask", "post.asked", "post.wish", "post.news.off", "post.news.moved",
		"visit.agreed", "visit.ask", "visit.thanks", "post.answer",
		"form.home", "form.nobody", "form.group", "form.page", "form.waiting", "form.gone", "form.when.again", "form.when.past", "form.photo", "form.photo.no",
		"form.later", "form.dropped", "form.sent", "form.sent.now", "form.fix", "group.in", "group.no", "group.often", "group.hear", "group.hush", "group.asked", "group.silent", "group.still", "group.leave.ask", "group.left",
		"form.what", "form.when", "form.repeat", "form.where", "form.for", "form.facts", "form.look"} {
		lines[key] = one("[" + key + "]")
	}
	for _, w := range FormWords() {
		lines["form.button."+w] = one("[" + w + "]")
	}
	for key, p := range resort {
		if len(key) > 5 && key[:5] == "exit." {
			lines[key] = []Phrase{p}
		}
	}
	return lines
}

// fakeBundle is a small house with an entrance of each kind.
func fakeBundle() *Bundle {
	b := &Bundle{Hash: "0123456789ab", Flows: map[FlowID]*Flow{}, Scenes: map[SceneKey]*Scene{}, Cards: map[CardID]*Card{}, Lines: fakeLines()}
	b.House = House{Name: "縁側", Zone: tokyo, Hours: map[time.Weekday][]Span{}}
	for d := time.Monday; d <= time.Friday; d++ {
		b.House.Hours[d] = []Span{{9 * 60, 17 * 60}}
	}
	flow := func(id FlowID, title, topic string, start SceneKey) {
		b.Flows[id] = &Flow{ID: id, Title: ja(title), Topic: topic, Start: start}
		b.Order = append(b.Order, id)
		b.Menu = append(b.Menu, MenuEntry{Label: ja(title), Scene: start})
	}
	flow("okane", "お金のこと", "money", "okane/はじめ")
	flow("ibasho", "居場所をさがす", "place", "ibasho/はじめ")
	flow("hanashi", "ただ話したい", "talk", "hanashi/はじめ")
	for _, sc := range fakeScenes() {
		b.Scenes[sc.Key] = sc
	}
	b.Menu = append(b.Menu, MenuEntry{Label: ja("ここのこと"), Exit: ExPrivacy})
	seen := morning.AddDate(0, 0, -10)
	b.Cards["110"] = &Card{ID: "110", Kind: "contact", Title: ja("警察"), Phone: "110", Always: true}
	b.Cards["119"] = &Card{ID: "119", Kind: "contact", Title: ja("救急"), Phone: "119", Always: true}
	b.Cards["mado"] = &Card{ID: "mado", Kind: "service", Title: ja("くらしの窓口"), Phone: "0300001001", Verified: seen, By: "すずらん"}
	b.Cards["old"] = &Card{ID: "old", Kind: "contact", Title: ja("古い番号"), Phone: "0300001009", Verified: morning.AddDate(0, 0, -91), By: "すずらん", Instead: "memo"}
	b.Cards["memo"] = &Card{ID: "memo", Kind: "memo", Title: ja("人が調べます")}
	return b
}

func fakeScenes() []*Scene {
	choice := func(label string, next SceneKey) Choice { return Choice{Label: ja(label), Next: next} }
	kept := choice("2年以内", "okane/案内")
	kept.Remember = [2]string{"時期", "2年以内"}
	later := Choice{Label: ja("3日後に一度だけ"), End: true, Later: &Later{Days: 3, Scene: "okane/その後"}}
	return []*Scene{
		{Key: "okane/はじめ", Flow: "okane", Name: "はじめ", Texts: one("お金のことですね"), Choices: []Choice{
			choice("家賃", "okane/家賃"), choice("まだ言葉にできない", "okane/聞く"), choice("急ぎ", "okane/急ぎ"), later}},
		{Key: "okane/家賃", Flow: "okane", Name: "家賃", Texts: one("家賃には仕組みがあります"), Cards: []CardID{"mado", "old"},
			Choices: []Choice{kept, choice("もっと前", "okane/案内"), {Label: ja("おわり"), End: true}}},
		{Key: "okane/案内", Flow: "okane", Name: "案内", Texts: one("窓口の人が確かめます"), Next: "okane/しめ",
			If: []Branch{{Fact: "時期", Value: "2年以内", Next: "okane/二年"}}},
		{Key: "okane/二年", Flow: "okane", Name: "二年", Texts: one("二年以内ですね"), Next: "okane/しめ"},
		{Key: "okane/しめ", Flow: "okane", Name: "しめ", Texts: one("ここまで読んでくれたのですね"), Choices: []Choice{later, {Label: ja("送らなくていい"), End: true}}},
		{Key: "okane/聞く", Flow: "okane", Name: "聞く", Texts: one("ひとことでも"), Write: WriteHuman, Next: "okane/しめ"},
		{Key: "okane/急ぎ", Flow: "okane", Name: "急ぎ", Texts: one("人が先に読みます"), Handoff: &Handoff{Team: "くらし相談", Urgent: true, Pass: []string{"題", "時期"}, OffHours: "119"}},
		{Key: "okane/その後", Flow: "okane", Name: "その後", Texts: one("その後どうですか"), Choices: []Choice{choice("まだ", "okane/はじめ"), {Label: ja("少し進んだ"), End: true}}},
		{Key: "ibasho/はじめ", Flow: "ibasho", Name: "はじめ", Texts: one("どんな所がいいですか"), Write: WriteSearch, Next: "ibasho/おわり"},
		{Key: "ibasho/おわり", Flow: "ibasho", Name: "おわり", Texts: one("また探せます"), End: true},
		{Key: "hanashi/はじめ", Flow: "hanashi", Name: "はじめ", Texts: one("なんでもどうぞ"), If: []Branch{{Fact: "時間", Value: "時間外", Next: "hanashi/夜"}}, End: true},
		{Key: "hanashi/夜", Flow: "hanashi", Name: "夜", Texts: one("夜ですね"), End: true},
		{Key: "hanashi/輪", Flow: "hanashi", Name: "輪", Next: "hanashi/輪"},
	}
}

// talk is one made-up person before the fake house.
type talk struct {
	*testing.T
	b      *Bundle
	s      State
	v      View
	out    []Effect
	why    []string
	events int
}

func newTalk(t *testing.T) *talk {
	return &talk{T: t, b: fakeBundle(), v: View{Now: morning, Open: true, Friend: true}, s: State{Greeted: true}}
}

// at turns the clock; who reads follows the fake house's hours.
func (k *talk) at(now time.Time) *talk {
	k.v.Now = now
	k.v.Open, k.v.NextOpen = k.b.House.OpenAt(now)
	if k.v.Open {
		k.v.NextOpen = time.Time{}
	}
	return k
}

func (k *talk) later(d time.Duration) *talk { return k.at(k.v.Now.Add(d)) }

func (k *talk) do(e Event) *talk {
	k.Helper()
	k.events++
	e.ID = "e" + strconv.Itoa(k.events)
	if e.At.IsZero() {
		e.At = k.v.Now
	}
	k.s, k.out, k.why = Step(k.b, k.v, k.s, e)
	return k
}

func (k *talk) says(rs ...Reading) *talk { k.Helper(); return k.do(Event{Kind: EvText, Readings: rs}) }
func (k *talk) types(x Exit) *talk       { k.Helper(); return k.says(Reading{Exit: x}) }
func (k *talk) presses(x Exit) *talk {
	k.Helper()
	return k.do(Event{Kind: EvTap, Tap: Tap{Exit: x, Turn: k.s.Turn}})
}

// taps presses the button with that label among what the last turn showed.
func (k *talk) taps(label string) *talk {
	k.Helper()
	for _, e := range k.out {
		for _, list := range [][]Button{e.Choices, e.Exits} {
			for _, button := range list {
				if button.Label == label {
					tap, err := DecodeTap(button.Data)
					if err != nil {
						k.Fatalf("button %q: %v", label, err)
					}
					return k.do(Event{Kind: EvTap, Tap: tap})
				}
			}
		}
	}
	k.Fatalf("no button %q among %v", label, k.labels())
	return k
}

func (k *talk) desk(act DeskAct) *talk {
	k.Helper()
	if act.Case == "" {
		act.Case = "c1"
	}
	return k.do(Event{Kind: EvDesk, Desk: act})
}

// withHuman brings the talk to the moment when すずらん has it.
func (k *talk) withHuman() *talk {
	k.Helper()
	return k.presses(ExHuman).desk(DeskAct{Do: DeskOpened}).desk(DeskAct{Do: DeskClaimed, Staff: "すずらん"})
}

func (k *talk) labels() (all []string) {
	for _, e := range k.out {
		for _, b := range e.Choices {
			all = append(all, b.Label)
		}
		for _, b := range e.Exits {
			all = append(all, b.Label)
		}
	}
	return all
}

// spoken are the effects that reach the person.
func (k *talk) spoken() (list []Effect) {
	for _, e := range k.out {
		if reaches(e) {
			list = append(list, e)
		}
	}
	return list
}

func reaches(e Effect) bool { return e.Kind == EfAnswer || e.Kind == EfHuman || e.Kind == EfNudge }

// lines are the keys of what was said, in order.
func (k *talk) lines() string {
	s := ""
	for _, e := range k.spoken() {
		s += " " + e.Line
	}
	if s == "" {
		return ""
	}
	return s[1:]
}

func (k *talk) wantLines(want string) *talk {
	k.Helper()
	if got := k.lines(); got != want {
		k.Errorf("lines: got %q, want %q (%v)", got, want, k.why)
	}
	return k
}

func (k *talk) wantText(i int, want string) *talk {
	k.Helper()
	said := k.spoken()
	if i >= len(said) || len(said[i].Bubbles) == 0 || said[i].Bubbles[0].Text != want {
		k.Errorf("text %d: got %+v, want %q", i, said, want)
	}
	return k
}

// note finds a note to the desk.
func (k *talk) note(do NoteDo) *DeskNote {
	for i := range k.out {
		if k.out[i].Kind == EfDesk && k.out[i].Desk.Do == do {
			return &k.out[i].Desk
		}
	}
	return nil
}

func (k *talk) wantNote(do NoteDo) *DeskNote {
	k.Helper()
	n := k.note(do)
	if n == nil {
		k.Fatalf("no note %q in %+v", do, k.out)
	}
	return n
}

func (k *talk) count(kind EffectKind) (n int) {
	for _, e := range k.out {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
