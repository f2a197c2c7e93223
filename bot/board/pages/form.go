package pages

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"engawa/bot/board"
	"engawa/flows"
	"engawa/flows/catalogue"
)

// draft is what a member is writing. Act names the sending of it, so that a
// second tap sends nothing twice.
type draft struct {
	Act   string
	Post  string `json:",omitempty"` // the post it is a new version of
	Seen  int64  `json:",omitempty"` // the Rev it began from
	Entry catalogue.Entry
}

// steps of posting.
const (
	stepWhat = iota + 1
	stepWhen
	stepWhere
	stepEase
	stepArrive
	stepLook
)

var stepNames = [...]string{"", "なにを", "いつ", "どこで", "気軽さ", "来た人に", "たしかめて送る"}

type stepView struct {
	frame
	Step, Steps int
	Name        string
	E           *catalogue.Entry
	W           *whenForm
	Facts       []choice
	Fors        []choice
	Langs       []choice
	Rules       []board.Rule
	Marks       []board.Breach
	Faults      map[string]string
	When, Rule  string
	Act         string
	New         bool
}

type choice struct {
	Name string
	On   bool
}

func (g *Pages) begin(c echo.Context) error {
	w, err := g.enterForm(c)
	if err != nil {
		return err
	}
	d := &draft{Act: board.NewID(), Entry: catalogue.Entry{Facts: []string{"話さなくてOK"}, Arrive: catalogue.Ja("入口で「はじめてです」だけで大丈夫です。")}}
	if err := g.Store.SaveDraft(c.Request().Context(), w.member.ID, d); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/g/post?step=1")
}

func (g *Pages) draft(c echo.Context, w *who) (*draft, error) {
	d := &draft{}
	err := g.Store.Draft(c.Request().Context(), w.member.ID, d)
	if errors.Is(err, board.ErrUnknown) {
		return nil, board.ErrState
	}
	return d, err
}

func stepOf(c echo.Context) int {
	n, err := strconv.Atoi(c.QueryParam("step"))
	if err != nil || n < stepWhat || n > stepLook {
		return stepWhat
	}
	return n
}

func (g *Pages) stepPage(c echo.Context) error {
	w, err := g.enter(c)
	if err != nil {
		return err
	}
	d, err := g.draft(c, w)
	if err != nil {
		return err
	}
	return g.showStep(c, http.StatusOK, w, d, stepOf(c), nil)
}

func (g *Pages) showStep(c echo.Context, status int, w *who, d *draft, step int, faults map[string]string) error {
	e := &d.Entry
	v := stepView{frame: g.frame(stepNames[step]), Step: step, Steps: stepLook, Name: stepNames[step], E: e, Rules: board.Rules, Faults: faults, Act: d.Act, New: d.Post == ""}
	v.Group, v.Token = w.group, w.token
	switch step {
	case stepWhen:
		v.W = formOf(e, g.Now().In(catalogue.Tokyo))
	case stepEase:
		for _, f := range flows.Facts {
			v.Facts = append(v.Facts, choice{f, e.Has(f)})
		}
		for _, f := range catalogue.Fors {
			v.Fors = append(v.Fors, choice{string(f), slices.Contains(e.For, f)})
		}
		for _, l := range flows.Langs[1:] { // Japanese goes without saying
			v.Langs = append(v.Langs, choice{l.OwnName(), slices.Contains(e.Langs, l)})
		}
	case stepLook:
		now := g.Now().In(catalogue.Tokyo)
		if o, ok := e.Next(now, g.closed()); ok {
			v.When = o.Words(now)
		}
		if len(e.Times) > 0 {
			v.Rule = e.Times[0].RuleWords()
		}
		v.Marks = board.Check(e)
	}
	return g.render(c, status, "step"+strconv.Itoa(step), v)
}

// step takes one page of the form, keeps it, and shows the next.
func (g *Pages) step(c echo.Context) error {
	w, err := g.enterForm(c)
	if err != nil {
		return err
	}
	d, err := g.draft(c, w)
	if err != nil {
		return err
	}
	step := stepOf(c)
	faults := map[string]string{}
	take := map[int]func(echo.Context, *catalogue.Entry, map[string]string) error{
		stepWhat: takeWhat, stepWhen: g.takeWhen, stepWhere: takeWhere, stepEase: takeEase, stepArrive: g.takeArrive,
	}[step]
	if take == nil {
		return errForm
	}
	if err := take(c, &d.Entry, faults); err != nil {
		return err
	}
	if err := g.Store.SaveDraft(c.Request().Context(), w.member.ID, d); err != nil {
		return err
	}
	if len(faults) > 0 {
		return g.showStep(c, http.StatusUnprocessableEntity, w, d, step, faults)
	}
	return c.Redirect(http.StatusSeeOther, "/g/post?step="+strconv.Itoa(step+1))
}

func field(c echo.Context, name string, most int) string {
	s := strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' {
			return -1
		}
		return r
	}, c.FormValue(name)))
	if rs := []rune(s); len(rs) > most {
		return string(rs[:most])
	}
	return s
}

func takeWhat(c echo.Context, e *catalogue.Entry, faults map[string]string) error {
	e.Title, e.Lead = catalogue.Ja(field(c, "title", catalogue.MaxTitle)), catalogue.Ja(field(c, "lead", catalogue.MaxText))
	if e.Name() == "" {
		faults["title"] = "ひとことで大丈夫です。「静かなお茶の会」のように書けます。"
	}
	return nil
}

func takeWhere(c echo.Context, e *catalogue.Entry, faults map[string]string) error {
	e.Where = catalogue.Where{
		Area: e.Where.Area, Point: e.Where.Point, Town: field(c, "town", 40), Place: catalogue.Ja(field(c, "place", 80)),
		Station: field(c, "station", 30), Way: field(c, "way", 80), Asked: c.FormValue("asked") != "", Online: field(c, "online", 300),
	}
	if o := e.Where.Online; o != "" && !strings.HasPrefix(o, "https://") {
		faults["online"] = "https:// で始まるリンクを入れます。"
	}
	if len(e.Where.Place) == 0 && e.Where.Online == "" {
		faults["place"] = "場所の名前か、オンラインのリンクの、どちらかを書きます。"
	}
	return nil
}

func takeEase(c echo.Context, e *catalogue.Entry, faults map[string]string) error {
	e.Facts, e.For, e.Langs = nil, nil, nil
	form, err := c.FormParams()
	if err != nil {
		return errForm
	}
	for _, f := range flows.Facts {
		if slices.Contains(form["fact"], f) {
			e.Facts = append(e.Facts, f)
		}
	}
	for _, f := range catalogue.Fors {
		if slices.Contains(form["for"], string(f)) {
			e.For = append(e.For, f)
		}
	}
	for _, l := range flows.Langs[1:] {
		if slices.Contains(form["lang"], l.OwnName()) {
			e.Langs = append(e.Langs, l)
		}
	}
	e.Capacity = 0
	if s := field(c, "capacity", 5); s != "" {
		if e.Capacity, err = strconv.Atoi(s); err != nil || e.Capacity < 1 {
			faults["capacity"] = "人数を数字で書きます。決めていなければ、空けておけます。"
			e.Capacity = 0
		}
	}
	e.Access = nil
	if s := field(c, "access", 100); s != "" {
		e.Access = []string{s}
	}
	return nil
}

func (g *Pages) takeArrive(c echo.Context, e *catalogue.Entry, faults map[string]string) error {
	e.Arrive, e.OnDay = catalogue.Ja(field(c, "arrive", 200)), field(c, "onday", 60)
	if c.FormValue("nopicture") != "" {
		e.Picture = ""
	}
	file, err := c.FormFile("picture")
	if err != nil || file.Size == 0 {
		return nil // none was chosen
	}
	if file.Size > MaxPicture {
		faults["picture"] = errBigPicture.Error()
		return nil
	}
	f, err := file.Open()
	if err != nil {
		return fmt.Errorf("pages: picture: %w", err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, MaxPicture+1))
	if err != nil {
		return fmt.Errorf("pages: picture: %w", err)
	}
	clean, err := Clean(raw)
	if err != nil {
		faults["picture"] = err.Error()
		return nil
	}
	e.Picture, err = g.Store.SavePicture(c.Request().Context(), clean)
	return err
}

// send sends the draft in. Sent twice, it is one post.
func (g *Pages) send(c echo.Context) error {
	w, err := g.enterForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	act := c.FormValue("act")
	d, err := g.draft(c, w)
	if errors.Is(err, board.ErrState) || err == nil && d.Act != act { // a second tap: it has been sent
		return c.Redirect(http.StatusSeeOther, "/g?sent=1")
	}
	if err != nil {
		return err
	}
	e := d.Entry
	e.Kind = catalogue.Event
	if len(e.Times) > 0 && e.Times[0].Rule != "" {
		e.Kind = catalogue.Ibasho
	}
	_, err = g.Store.Submit(ctx, d.Act, w.group.ID, w.member.ID, d.Post, d.Seen, &e)
	if wrong := catalogue.Faults(err); len(wrong) > 0 {
		faults := map[string]string{}
		for _, f := range wrong {
			faults[f.Field] = f.Text
		}
		return g.showStep(c, http.StatusUnprocessableEntity, w, d, stepLook, faults)
	}
	if err != nil {
		return err
	}
	if err := g.Store.DropDraft(ctx, w.member.ID); err != nil {
		return err
	}
	if err := g.Board.Look(ctx); err != nil {
		g.Log.Warn("the board cannot be read", "err", err)
	}
	return c.Redirect(http.StatusSeeOther, "/g?sent=1")
}
