package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"engawa/flows"
)

// Model is a language model that drafts for coordinators. It sees only what the
// coordinator has opened, and what it says goes to the coordinator and nobody else:
// a person reads it, changes it and presses send, or not.
type Model interface {
	On() bool
	About(person flows.PersonID) Model // for questions about one person, whose records go with their words
	Summary(ctx context.Context, talk []Line) (Digest, error)
	Drafts(ctx context.Context, talk []Line, cards []Card) (Digest, error)
	Translate(ctx context.Context, text string, from, to flows.Lang) (string, error)
	Plain(ctx context.Context, text string) (string, error)
}

// Digest is what a model made of a talk.
type Digest struct {
	Points    []Point    // of a summary, or whole replies
	Sentences []Sentence // what was said, as it was written
}

// Point is one line of a summary or one possible reply, and what it rests on.
type Point struct {
	Text  string
	From  []int    // numbers of sentences
	Cards []string // titles
}

// Sentence is one sentence of the talk. One that is Kept the model never saw.
type Sentence struct {
	N        int
	By, Text string
	Kept     bool
}

// ModelError says in one word why there is no help: off, unsure, budget, resting,
// busy, time, server, answer.
type ModelError string

func (e ModelError) Error() string { return "console: no help from the model: " + string(e) }

// modelView is the page on which a coordinator asks a model for help.
type modelView struct {
	Page     page
	Alarms   []alarmView
	ID       string
	Alias    string
	Trouble  string
	Did      string // what the result is: summary, drafts, in, out, plain
	Points   []pointView
	Source   []Sentence
	Original string // of a translation or a rewriting
	Text     string // the result
	Send     string // what 「答えの箱に入れる」 puts there
	Foreign  bool   // the talk is in another language
	Language string
	Words    string // what the coordinator typed
	Max      int
}

type pointView struct {
	Text, Cards string
	From        []int
}

// modelPage shows what can be asked for. Only who has the talk may.
func (c *console) modelPage(v *visit) error {
	view, _, err := c.modelView(v)
	if err != nil {
		return err
	}
	return c.render(v, http.StatusOK, "model", view)
}

// modelTalk is what the model may see: what this coordinator has opened and nobody has taken back.
type modelTalk struct {
	who   flows.PersonID
	lines []Line
	lang  flows.Lang
	topic string
}

func (c *console) modelView(v *visit) (*modelView, modelTalk, error) {
	ctx := v.Request().Context()
	say := c.pages.say(v.Taste.Lang)
	id, err := v.caseID()
	if err != nil {
		return nil, modelTalk{}, err
	}
	row, err := c.Desk.Get(ctx, id)
	if err != nil {
		return nil, modelTalk{}, err
	}
	if c.Model == nil || !c.Model.On() || row.Staff.Name != v.Name || !row.Held() || !row.Forgotten.IsZero() {
		return nil, modelTalk{}, errMissing
	}
	said, _, err := c.said(ctx, row)
	if err != nil {
		return nil, modelTalk{}, err
	}
	log, err := c.Desk.Log(ctx, id)
	if err != nil {
		return nil, modelTalk{}, err
	}
	talk := modelTalk{who: row.Person, lines: opened(said, row.Shows, readTo(row.Case, log, v.Name)), lang: row.Lang, topic: row.Topic}
	view := &modelView{ID: string(id), Alias: aliasOf(row.Alias, say), Max: maxWords, Language: language(row.Lang, say),
		Foreign: row.Lang != "" && row.Lang != flows.Ja && row.Lang != flows.JaEasy}
	view.Page = c.fullPage(v, "line", say("model.title"))
	view.Alarms, err = c.alarmsFor(ctx, v, say)
	return view, talk, err
}

// opened leaves out what was not shared, not opened, withdrawn, or not said in words.
func opened(said []Line, shows func(time.Time) bool, readTo time.Time) (out []Line) {
	for _, l := range said {
		unread := l.By != "staff" && l.At.Truncate(time.Millisecond).After(readTo)
		if l.Kind == "text" && !l.Gone && l.Text != "" && shows(l.At) && !unread {
			out = append(out, l)
		}
	}
	return out
}

// askModel does one thing that was asked for. The request's end is the wish to
// stop: whoever leaves the page has cancelled the question.
func (c *console) askModel(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	view, talk, err := c.modelView(v)
	if err != nil {
		return err
	}
	words := strings.TrimSpace(v.form("words"))
	if v.form("do") == "use" { // into the answer box, where a person presses send
		return c.casePage(v, http.StatusOK, flows.CaseID(view.ID), fill{words: words})
	}
	view.Words, view.Did = words, v.form("do")
	switch err = c.fromModel(v, view, talk, words); {
	case err == nil:
		return c.render(v, http.StatusOK, "model", view)
	case errors.Is(err, context.Canceled):
		return err
	}
	var why ModelError
	if !errors.As(err, &why) {
		return err
	}
	say := c.pages.say(v.Taste.Lang)
	view.Did, view.Trouble = "", say(c.pages.words[v.Taste.Lang].or("model.no."+string(why), "model.no.server"))
	return c.render(v, http.StatusServiceUnavailable, "model", view)
}

func (c *console) fromModel(v *visit, view *modelView, talk modelTalk, words string) (err error) {
	ctx, model := v.Request().Context(), c.Model.About(talk.who)
	var d Digest
	switch view.Did {
	case "summary":
		d, err = model.Summary(ctx, talk.lines)
	case "drafts":
		var cards []Card
		if c.Cards != nil {
			cards = c.Cards(talk.topic, flows.Ja)
		}
		d, err = model.Drafts(ctx, talk.lines, cards)
	case "in":
		view.Original = lastWords(talk.lines)
		view.Text, err = model.Translate(ctx, view.Original, talk.lang, flows.Ja)
	case "out":
		view.Original = words
		view.Text, err = model.Translate(ctx, words, flows.Ja, talk.lang)
		view.Send = words + "\n\n" + machineTranslation[talk.lang] + "\n" + view.Text
	case "plain":
		view.Original = words
		view.Text, err = model.Plain(ctx, words)
		view.Send = view.Text
	default:
		return errBad
	}
	view.Source = d.Sentences
	for _, p := range d.Points {
		view.Points = append(view.Points, pointView{Text: p.Text, Cards: strings.Join(p.Cards, "、"), From: p.From})
	}
	return err
}

// lastWords are the resident's words since anybody answered, as one text.
func lastWords(lines []Line) string {
	var out []string
	for _, l := range slices.Backward(lines) {
		if l.By == "staff" && len(out) > 0 {
			break
		}
		if l.By == "resident" {
			out = append(out, l.Text)
		}
	}
	slices.Reverse(out)
	return strings.Join(out, "\n")
}

// machineTranslation stands between the coordinator's own words and a machine's
// translation of them, in the resident's language: nobody shall take it for hers.
var machineTranslation = map[flows.Lang]string{
	flows.En: "(Machine translation / 機械のやく)", flows.Zh: "（机器翻译 / 機械のやく）", flows.Ko: "(기계 번역 / 機械のやく)",
	flows.Vi: "(Máy dịch / 機械のやく)", flows.Ne: "(मेसिनको अनुवाद / 機械のやく)", flows.Tl: "(Salin ng makina / 機械のやく)",
	flows.Pt: "(Tradução automática / 機械のやく)",
}

// Mark is the number of a sentence as a place on the page.
func (s Sentence) Mark() string { return "s" + strconv.Itoa(s.N) }
