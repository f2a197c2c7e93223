package console

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// itemView is one thing in the talk: a day, a letter, or a folded turn of the machine.
type itemView struct {
	Day  string // heads the letters of a day
	Fold string // the machine's part of one turn, in one line

	ID, By, Time, ISO string
	Text              string
	Gone              string // instead of Text, when the words were withdrawn
	Harsh             bool   // hard to read: folded behind one tap
	Plain             bool   // harsh, but there is danger in this talk: nothing is folded
	Fate              string // of a coordinator's letter
	Kept              string // it stays although its writer said 消す
	Staff, Kind       bool   // from a coordinator; not words but a tap, sticker, photo or place
}

// letters fills in the talk as this coordinator may see it: nothing that the
// resident did not pass on, nothing unopened, withdrawn words only as such.
func (c *console) letters(ctx context.Context, view *caseView, row handoff.Row, readTo time.Time, lang string, say sayer) error {
	said, kept, err := c.said(ctx, row)
	if err != nil {
		return err
	}
	fates, err := c.Desk.Fates(ctx, row.ID)
	if err != nil {
		return err
	}
	w := letterWriter{say: say, scene: c.sceneName, spoken: c.spokenIn(lang), now: c.now(), row: row, zone: c.zone(), fates: fates, harsh: c.harsh}
	b, _ := c.budget(ctx)
	w.spent = b.Spent()
	if kept {
		w.kept = say("talk.kept")
	}
	view.Many = c.manySaid(said, say)
	sealed := 0
	for _, l := range said {
		switch {
		case !row.Shows(l.At):
		case l.By != "staff" && l.At.Truncate(time.Millisecond).After(readTo): // the desk counts in ms
			if l.By == "resident" && !l.Gone {
				sealed++
			}
		default:
			w.add(l)
		}
	}
	w.onTheirWay()
	view.Items = w.items
	switch {
	case sealed == 0:
	case readTo.IsZero() || view.State != "mine":
		view.Sealed = say("talk.sealed", "n", sealed)
	default:
		view.Fresh = sealed
	}
	return nil
}

// said is the talk of a case. Of somebody who said 消す it is what the city keeps as
// a record; kept says so.
func (c *console) said(ctx context.Context, row handoff.Row) (said []Line, kept bool, err error) {
	if c.Record != nil && !row.Forgotten.IsZero() {
		if said, err = c.Record(ctx, row.ID); err != nil || len(said) > 0 {
			return said, true, err
		}
	}
	if row.Person == "" || !row.Forgotten.IsZero() {
		return nil, false, nil // nothing is shown of who said 消す, though a key were not gone yet
	}
	said, err = c.Words.Talk(ctx, row.Person, row.From())
	return said, false, err
}

// letterWriter sets one line after the other.
type letterWriter struct {
	say    sayer
	scene  func(flows.FlowID, flows.SceneKey) string
	spoken func(line string) string // what the machine says in a line or scene
	now    time.Time
	zone   *time.Location
	row    handoff.Row
	fates  map[string]handoff.Fate // of answers whose letter has not stood here yet
	items  []itemView
	day    string
	event  string // of the machine's turn being folded
	kept   string // every letter bears this mark
	harsh  func(text string) bool
	spent  bool // nothing that counts leaves this month
}

func (w *letterWriter) add(l Line) {
	at := l.At.In(w.zone)
	if day := w.say.day(at, w.now); day != w.day {
		w.day = day
		w.items = append(w.items, itemView{Day: day, ID: "day-" + at.Format(time.DateOnly)})
		w.event = ""
	}
	if l.By == "machine" {
		w.fold(l)
		return
	}
	w.event = ""
	item := itemView{
		ID: l.ID, Time: at.Format("15:04"), ISO: at.Format(time.RFC3339),
		Text: l.Text, Staff: l.By == "staff", Kind: l.Kind != "text" && l.Kind != "", Kept: w.kept,
	}
	if item.Staff {
		item.By = w.say("by.staff", "staff", l.Staff)
		if f, ok := w.fates[l.Event]; ok {
			item.Fate = w.fate(f)
			delete(w.fates, l.Event)
		}
	} else {
		item.By = w.say("by.resident", "alias", aliasOf(w.row.Alias, w.say))
		item.Text = w.kind(l)
		item.Harsh = !item.Kind && !l.Gone && w.harsh(l.Text)
		item.Plain = item.Harsh && w.row.Level == flows.Clear
	}
	if l.Gone {
		item.Text, item.Gone, item.Kind, item.Kept = "", w.gone(l), false, ""
	}
	w.items = append(w.items, item)
}

// harsh tells whether a resident's words are marked for whoever reads them. It
// changes nothing of who is read when.
func (c *console) harsh(text string) bool { return c.Harsh != nil && c.Harsh(text) }

// spokenIn gives the machine's texts in the language of the one who reads the page.
func (c *console) spokenIn(lang string) func(line string) string {
	if c.Spoken == nil {
		return func(string) string { return "" }
	}
	return func(line string) string { return c.Spoken(line, flows.Lang(lang)) }
}

// fold puts what the machine said in one turn into one line that unfolds to its
// texts. Where only the name of a line is kept, the fold is called by it.
func (w *letterWriter) fold(l Line) {
	text, name := strings.TrimSpace(l.Text), ""
	named := text == "" && !l.Gone
	switch first, _, _ := strings.Cut(text, "\n"); {
	case l.Gone:
		name = w.say("talk.gone")
	case named:
		name, text = w.shown(l.Line), strings.TrimSpace(w.spoken(l.Line))
	default:
		name = cut(first, 40)
	}
	if n := len(w.items); l.Event != "" && l.Event == w.event && n > 0 {
		turn := &w.items[n-1]
		if named && !strings.Contains(turn.Fold, name) {
			turn.Fold += "、" + name
		}
		turn.Text = strings.TrimSpace(turn.Text + "\n\n" + text)
		return
	}
	w.event = l.Event
	w.items = append(w.items, itemView{Fold: name, Text: text, ID: l.ID, Kept: w.kept})
}

// shown names a line of the machine as people would: the scene by its title, a
// fixed line by what it was for.
func (w *letterWriter) shown(line string) string {
	if strings.Contains(line, "/") {
		return w.scene("", flows.SceneKey(line))
	}
	kind, _, _ := strings.Cut(line, ".")
	if name := w.say("said." + kind); name != "said."+kind {
		return name
	}
	return w.say("said.other")
}

func (w *letterWriter) kind(l Line) string {
	switch l.Kind {
	case "tap":
		return w.say("talk.tap", "text", l.Text)
	case "sticker", "location":
		if l.Text != "" {
			return w.say("talk."+l.Kind+"of", "text", l.Text)
		}
		return w.say("talk." + l.Kind)
	case "media":
		if text := w.say("talk." + l.Text); text != "talk."+l.Text {
			return text
		}
		return w.say("talk.media")
	}
	return l.Text
}

// gone is what stands where words were withdrawn: the rule that had noticed
// them stays, because withdrawing words does not withdraw a danger.
func (w *letterWriter) gone(l Line) string {
	key := "talk.gone"
	if slices.Contains(w.row.Erased, l.ID) {
		key = "talk.erased"
	}
	if w.row.Reason != "" && len(w.row.Rules) > 0 {
		return w.say(key+"rule", "rules", strings.Join(w.row.Rules, ", "))
	}
	return w.say(key)
}

func (w *letterWriter) fate(f handoff.Fate) string {
	switch f.State {
	case "sent":
		return w.say("fate.sent")
	case "refused":
		why := w.say("why." + f.Why)
		if why == "why."+f.Why {
			why = w.say("why.other")
		}
		return w.say("fate.refused", "why", why)
	}
	if w.spent && w.row.Place != "room" {
		return w.say("fate.quota")
	}
	return w.say("fate.waiting")
}

// onTheirWay adds answers that were written and do not stand in the talk yet.
func (w *letterWriter) onTheirWay() {
	for _, event := range slices.Sorted(maps.Keys(w.fates)) {
		if f := w.fates[event]; f.State != "sent" {
			w.items = append(w.items, itemView{
				ID: event, Staff: true, Kind: true, By: w.say("by.staff", "staff", w.row.Staff.Alias),
				Time: w.now.Format("15:04"), ISO: w.now.Format(time.RFC3339), Text: w.fate(f),
			})
		}
	}
}

// manyIn is how many texts within a minute are very many: from there the machine
// answers them more slowly, see flows.Slow.
const manyIn = 30

// manySaid tells a coordinator of somebody who wrote very much at once in the last
// hour: in need, in anger, or by a machine.
func (c *console) manySaid(said []Line, say sayer) string {
	most, from := 0, 0
	var at []time.Time
	for _, l := range said {
		if l.By == "resident" && l.Kind == "text" && c.now().Sub(l.At) < time.Hour {
			at = append(at, l.At)
		}
	}
	for i := range at {
		for at[i].Sub(at[from]) > time.Minute {
			from++
		}
		most = max(most, i-from+1)
	}
	if most <= manyIn {
		return ""
	}
	return say("talk.many", "n", most)
}
