package console

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// maxWords is the most one reply or note may hold, counted as browsers and LINE count.
const maxWords = 5000

// caseView is one talk with everything beside it.
type caseView struct {
	ID, State                       string // waiting, mine, other, closed
	Alias, Standing, Holder         string
	Place                           placeView
	Topic, Language, Chose, Had     string
	Why                             string
	Clear                           bool
	Shared, Stopped, Many           string
	Items                           []itemView
	Sealed                          string // there are words that this coordinator has not opened
	Fresh                           int    // and how many came since the last opening
	Trouble, Draft, NoteDraft, Kept string
	Act, NoteAct                    string
	Held                            *heldView // an answer that can still be taken back
	Back                            string    // act of the answer that came back and lies in the box as Draft
	Reader, Cost                    string
	Max                             int
	Promise                         string
	First                           bool // no word has been written yet: one key gives ten minutes more
	Until                           []choiceView
	Cards                           []Card
	Picks                           bool // there is a list of what can be put into the reply
	Tasks                           []taskRow
	Notes                           []noteView
	Eyes                            *eyesView // of a second person; nil = none are possible
	Log                             []logView
	Sleeps, Colleagues              []choiceView
	Teams, Areas                    []choiceView // who else may be asked, beside colleagues by name
	Rest                            *restView    // its pause; nil = none is possible
	Erases                          bool         // the reader may delete a line of it
	Wish                            *wishView    // they would rather have the one of before
	Whys                            []choiceView // reasons for passing it on
	Beside                          string       // who had it first and stays with it
	Asked                           string       // whom the holder has asked to take it over
	AskedMe                         bool         // it is the reader of the page
	AskAct                          string
	Gone                            bool   // the person said 消す: nobody can be answered any more
	Over                            string // of a closed talk: whether it may open again
	Identify                        string // act of the form that opens the LINE id; "" = not for this reader or case
	Model                           bool   // a language model may be asked for drafts
	Full                            string // at capacity: says so, and offers to take it nevertheless
}

// Mine says whether the reader of the page has the talk.
func (v caseView) Mine() bool { return v.State == "mine" }

type choiceView struct {
	Value, Text string
	Says        string // what it means
	Chosen      bool
}

type noteView struct{ Text, By, Time string }

type logView struct{ Text, Time, ISO string }

// fill is what a form that did not go through brings back to its page.
type fill struct {
	trouble, words, note, act, full string
}

// talk shows one case. Looking changes nothing: words are opened by a button.
func (c *console) talk(v *visit) error {
	return c.talkPage(v, http.StatusOK, fill{})
}

func (c *console) talkPage(v *visit, status int, f fill) error {
	id, err := v.caseID()
	if err != nil {
		return err
	}
	return c.casePage(v, status, id, f)
}

func (c *console) casePage(v *visit, status int, id flows.CaseID, f fill) error {
	say := c.pages.say(v.Taste.Lang)
	kase, err := c.caseView(v, id, say)
	if err != nil {
		return err
	}
	view, err := c.deskView(v, id, say)
	if err != nil {
		return err
	}
	kase.filled(f)
	view.Case = kase
	view.Page.Title = kase.Alias
	view.Page.Notice, view.Page.Sent = c.notice(v, say, "alias", kase.Alias, "when", kase.Promise)
	return c.render(v, status, "desk", view)
}

// caseView gathers what one page of a case shows to this coordinator.
func (c *console) caseView(v *visit, id flows.CaseID, say sayer) (*caseView, error) {
	ctx := v.Request().Context()
	row, err := c.Desk.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	log, err := c.Desk.Log(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := c.readTeams(ctx, v); err != nil {
		return nil, err
	}
	view := c.caseHead(row, v, say)
	if err := c.letters(ctx, view, row, readTo(row.Case, log, v.Name), v.Taste.Lang, say); err != nil {
		return nil, err
	}
	if err := errors.Join(c.held(ctx, view, v), c.notesAndTasks(ctx, view, row.Case, v, say)); err != nil {
		return nil, err
	}
	if view.Log, err = c.logViews(ctx, row, log, v, say); err != nil {
		return nil, err
	}
	view.Rest, view.Erases = c.rest(row.Case, v, say), c.mayErase(row.Case, v)
	view.Place, view.Wish, view.Whys = c.place(row.Case, view.Mine(), say), wish(row.Case, view.Mine(), say), c.whysOf(say)
	view.Act, view.NoteAct, view.AskAct, view.Max = newAct(), newAct(), newAct(), maxWords
	if view.Mine() && !view.Gone {
		view.Colleagues = c.colleagues(ctx, v.Name, say)
		if view.Teams, view.Areas, err = c.groupViews(ctx, row.Case, v.Name, say); err != nil {
			return nil, err
		}
		if row.State != handoff.Claimed {
			view.Sleeps = timesOf(c.mornings(c.now()), c.now(), say.coming)
		}
	}
	if c.LINEID != nil && v.has(opens) && row.Identifiable() {
		view.Identify = newAct()
	}
	view.Model = c.Model != nil && c.Model.On() && view.Mine() && !view.Gone
	view.Reader = say("answer.reader", "alias", view.Alias, "staff", v.Alias)
	view.Cost = say("cost." + string(c.cost(ctx, row.Case)))
	c.promise(view, row.Case, say)
	view.Cards, view.Picks = c.cardsOf(row), view.Mine() && !view.Gone
	return view, nil
}

// cardsOf is what can be dropped into a reply.
func (c *console) cardsOf(row handoff.Row) []Card {
	if c.Cards == nil || !row.Forgotten.IsZero() {
		return nil
	}
	return c.Cards(row.Topic, row.Lang)
}

func (c *console) notesAndTasks(ctx context.Context, view *caseView, k handoff.Case, v *visit, say sayer) error {
	notes, err := c.Desk.Notes(ctx, k.ID)
	if err != nil {
		return err
	}
	for _, n := range notes {
		if n.To != "" {
			continue
		}
		view.Notes = append(view.Notes, noteView{Text: n.Text, By: n.By.Alias, Time: say.moment(n.At.In(c.zone()), c.now())})
	}
	if view.Tasks, err = c.tasksOf(ctx, k, v.Taste.Lang, say); err != nil {
		return err
	}
	return c.beside(ctx, view, k, notes, v, say)
}

func (c *console) caseHead(row handoff.Row, v *visit, say sayer) *caseView {
	view := &caseView{
		ID: string(row.ID), Alias: aliasOf(row.Alias, say), Topic: topic(row.Topic, say), Language: language(row.Lang, say),
		Clear: row.Level == flows.Clear, Holder: row.Staff.Alias, Had: row.Last.Alias, Chose: c.sceneName(row.Flow, row.Scene),
		Gone: !row.Forgotten.IsZero(),
	}
	if row.Level != flows.NoLevel || row.Why == handoff.WhySilence {
		view.Why = why(row, say)
	}
	c.stand(view, row, v, say)
	if view.Gone {
		view.Standing, view.Language = say("talk.deleted"), ""
		return view // what was shared or stopped is of no matter any more
	}
	switch {
	case row.All:
		view.Shared = say("shared.all")
	case !row.Since.Before(row.Opened):
		view.Shared = say("shared.none")
	default:
		view.Shared = say("shared.visit")
	}
	if row.Stopped != "" {
		key := c.pages.words[v.Taste.Lang].or("stopped."+row.Stopped, "stopped.stopped")
		view.Stopped = say(key)
	}
	return view
}

// stand says where the talk stands and in whose hands.
func (c *console) stand(view *caseView, row handoff.Row, v *visit, say sayer) {
	now := c.now()
	since := row.Waits
	if since.IsZero() {
		since = row.Opened
	}
	switch {
	case !row.Open():
		view.State, view.Standing, view.Over = "closed", say("talk.closed"), over(row.Case, now, say)
	case row.State == handoff.Waiting:
		view.State, view.Standing = "waiting", say("talk.waiting", "since", say.lasting(now.Sub(since)))
	case row.Staff.Name == v.Name:
		view.State, view.Standing = "mine", say("talk.mine")
	default:
		view.State, view.Standing = "other", say("talk.other", "staff", row.Staff.Alias)
	}
	if row.State == handoff.Snoozed {
		view.Standing = say("talk.snoozed", "until", say.coming(row.Lease.In(c.zone()), now))
	}
	if row.Beside.Alias != "" {
		view.Beside = say("talk.beside", "staff", row.Beside.Alias)
	}
	if view.AskedMe = v.asked(row.Case); view.AskedMe {
		view.Asked = say("ask.me", "staff", row.Staff.Alias)
	} else if row.Asked.Alias != "" {
		view.Asked = say("ask.asked", "staff", row.Asked.Alias)
	}
}

// over says what becomes of a closed talk.
func over(k handoff.Case, now time.Time, say sayer) string {
	switch {
	case !k.Forgotten.IsZero():
		return say("closed.forgotten")
	case k.Reopens(now):
		return say("closed.says")
	}
	return say("closed.old")
}

// sceneName is what a place in the dialogue is called. Scenes bear names that
// people understand, so without a bundle at hand the name itself will do.
func (c *console) sceneName(flow flows.FlowID, scene flows.SceneKey) string {
	if c.Scene != nil {
		return c.Scene(flow, scene)
	}
	_, name, _ := strings.Cut(string(scene), "/")
	return name
}

func (c *console) cost(ctx context.Context, k handoff.Case) Cost {
	cost := Counted
	if c.Cost != nil {
		cost = c.Cost(ctx, k.Person)
	}
	b, known := c.budget(ctx)
	room := k.Place == "room"
	switch {
	case room && cost != Free && known && b.Spent():
		return QuietRoom
	case room:
		return Room
	case cost == Counted && known && b.Spent():
		return Spent
	case cost == Counted && known && b.Kept():
		return Reserved
	}
	return cost
}

// readTo is up to when this coordinator may read without opening anything:
// what they opened themself or, once the talk is theirs, what anybody opened.
func readTo(k handoff.Case, log []handoff.Entry, name string) time.Time {
	if k.Staff.Name == name && k.Held() {
		return k.ReadTo
	}
	var to time.Time
	for _, e := range log {
		if e.By == name && e.Do == handoff.DoRead && e.At.After(to) {
			to = e.At
		}
	}
	if k.ReadTo.Before(to) {
		return k.ReadTo
	}
	return to
}

// promise fills in what the resident was told, and what else could be promised.
func (c *console) promise(view *caseView, k handoff.Case, say sayer) {
	now := c.now()
	view.First = k.State == handoff.Claimed && k.First.IsZero()
	view.Promise = c.promised(k, say)
	chosen := c.Roster.Promise(now).In(c.zone())
	for _, t := range c.promises(now, chosen) {
		view.Until = append(view.Until, choiceView{
			Value: strconv.FormatInt(t.Unix(), 10), Text: say.until(t, now), Chosen: t.Equal(chosen),
		})
	}
}

// promises are the times that can be kept: hours at whose eve somebody reads.
func (c *console) promises(now, usual time.Time) []time.Time {
	out := []time.Time{usual}
	for day := range 10 {
		for _, hour := range []int{12, 15, 17} {
			t := time.Date(now.Year(), now.Month(), now.Day()+day, hour, 0, 0, 0, now.Location())
			if open, _ := c.Roster.OpenAt(t.Add(-time.Minute)); open && t.Sub(now) > time.Hour && !t.Equal(usual) {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out[:min(len(out), 8)]
}

// logViews tell a case's log, with the alarms of its person in it.
func (c *console) logViews(ctx context.Context, row handoff.Row, log []handoff.Entry, v *visit, say sayer) ([]logView, error) {
	names := c.aliases(ctx)
	out := make([]logView, 0, len(log))
	for _, e := range log {
		words := c.pages.words[v.Taste.Lang]
		key := words.or("log."+string(e.Do)+"."+e.Why, words.or("log."+string(e.Do), "log.other"))
		at := e.At.In(c.zone())
		text := say(key, "staff", names[e.By])
		if e.Reason != "" {
			text = say("log.why", "what", text, "why", e.Reason)
		}
		out = append(out, logView{
			Text: text, Time: say.moment(at, c.now()), ISO: at.Format(time.RFC3339),
		})
	}
	return c.withAlarms(ctx, row, out, say)
}

// newAct names one filled-in form, so that sending it twice is sending it once.
func newAct() string {
	var b [12]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(errors.New("no randomness")) // crypto/rand never fails on the systems we run on
	}
	return hex.EncodeToString(b[:])
}
