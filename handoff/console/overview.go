package console

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"engawa/handoff"
)

// Overview counts for somebody on duty; *handoff.Desk does.
type Overview interface {
	Overview(ctx context.Context, from time.Time, zone *time.Location) (handoff.Figures, error)
}

var overviewRoutes = []route{
	{http.MethodGet, "/overview", counts, (*console).overview},
	{http.MethodGet, "/overview.csv", counts, (*console).overviewCSV},
}

// stretch is how far back the overview looks.
const stretch = 28 * 24 * time.Hour

// overviewView is the page 「ようす」. It shows numbers of the house, never a score
// of a person.
type overviewView struct {
	Page                page
	Alarms              []alarmView
	Now, Month          []figureView
	ByHour, Areas, Load []barView
	Peak                int
	Signs               signsView
}

// figureView is one number with its words.
type figureView struct{ Name, Value string }

// barView is one bar with its number; X and Height are of the drawing.
type barView struct {
	Name      string
	N         int
	X, Height int
	Width     int // of 100, where bars lie
}

func (c *console) overview(v *visit) error {
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	view, err := c.figuresFor(ctx, say)
	if err != nil {
		return err
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "overview", say("overview.title"))
	return c.render(v, http.StatusOK, "overview", view)
}

func (c *console) figuresFor(ctx context.Context, say sayer) (*overviewView, error) {
	if c.Overview == nil {
		return nil, errMissing
	}
	now := c.now()
	f, err := c.Overview.Overview(ctx, now.Add(-stretch), c.zone())
	if err != nil {
		return nil, err
	}
	view := &overviewView{ByHour: hourBars(f.ByHour)}
	for _, b := range view.ByHour {
		view.Peak = max(view.Peak, b.N)
	}
	oldest := say("overview.nobody")
	if !f.Oldest.IsZero() {
		oldest = say.lasting(now.Sub(f.Oldest))
	}
	view.Now = []figureView{
		{say("overview.oldest"), oldest},
		{say("overview.waiting"), strconv.Itoa(f.Waiting)},
		{say("overview.sleeping"), strconv.Itoa(f.Sleeping)},
	}
	view.Month = []figureView{
		{say("overview.opened"), strconv.Itoa(f.Opened)},
		{say("overview.answered"), share(f.Answered, f.Opened)},
		{say("overview.median"), first(f.Answered, f.Median, say)},
		{say("overview.ninetieth"), first(f.Answered, f.Ninetieth, say)},
		{say("overview.bounced"), strconv.Itoa(f.Bounced)},
		{say("overview.left"), strconv.Itoa(f.Left)},
	}
	if err := c.houseFigures(ctx, view, say); err != nil {
		return nil, err
	}
	if view.Signs, err = c.signsFor(ctx, say); err != nil {
		return nil, err
	}
	view.Areas = lyingBars(f.ByArea, say("overview.noarea"))
	view.Load = lyingBars(f.Load, "")
	return view, nil
}

// houseFigures are those of the letters, the ledger and the month's messages.
func (c *console) houseFigures(ctx context.Context, view *overviewView, say sayer) error {
	letters, err := c.Letters.List(ctx)
	if err != nil {
		return err
	}
	numbers, waiting, err := c.Ledger.Counts(ctx)
	if err != nil {
		return err
	}
	view.Now = append(view.Now, figureView{say("overview.letters"), strconv.Itoa(len(letters))}, figureView{say("overview.ledger"), sum(numbers, waiting, say).Says})
	b, ok := c.budget(ctx)
	if !ok {
		return nil // LINE does not answer just now: the rest is worth showing
	}
	view.Now = append(view.Now, figureView{say("overview.pushes"), pushes(say, b).Text})
	view.Now = append(view.Now, ahead(say, b, c.now().In(c.zone()))...)
	return nil
}

func share(part, whole int) string {
	if whole == 0 {
		return "—"
	}
	return fmt.Sprintf("%d / %d(%d%%)", part, whole, part*100/whole)
}

func first(n int, d time.Duration, say sayer) string {
	if n == 0 {
		return "—"
	}
	return say.lasting(d)
}

// Measures of the drawing of a day: 24 bars side by side.
const (
	barStep   = 10
	barHeight = 60
)

func hourBars(hours [24]int) []barView {
	peak := slices.Max(hours[:])
	bars := make([]barView, len(hours))
	for hour, n := range hours {
		bars[hour] = barView{Name: strconv.Itoa(hour), N: n, X: hour * barStep, Height: n * barHeight / max(1, peak)}
	}
	return bars
}

func lyingBars(numbers map[string]int, unnamed string) []barView {
	peak := 0
	for _, n := range numbers {
		peak = max(peak, n)
	}
	var bars []barView
	for _, name := range slices.Sorted(maps.Keys(numbers)) { // by name: this is no ranking
		bar := barView{Name: name, N: numbers[name], Width: numbers[name] * 100 / max(1, peak)}
		if name == "" {
			bar.Name = unnamed
		}
		bars = append(bars, bar)
	}
	return bars
}

// Top is where a bar of the day's drawing begins.
func (b barView) Top() int { return barHeight - b.Height }

// overviewCSV gives the same numbers for a table.
func (c *console) overviewCSV(v *visit) error {
	say := c.pages.say(v.Taste.Lang)
	view, err := c.figuresFor(v.Request().Context(), say)
	if err != nil {
		return err
	}
	rows := [][]string{}
	for _, f := range slices.Concat(view.Now, view.Month) {
		rows = append(rows, []string{say("overview.title"), f.Name, f.Value})
	}
	for _, r := range view.Signs.Rows {
		for i, cell := range r.Cells {
			rows = append(rows, []string{say("signs.title") + " " + view.Signs.Months[i], r.Name, cell})
		}
	}
	for heading, bars := range map[string][]barView{"overview.byhour": view.ByHour, "overview.byarea": view.Areas, "overview.load": view.Load} {
		for _, b := range bars {
			rows = append(rows, []string{say(heading), b.Name, strconv.Itoa(b.N)})
		}
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return slices.Compare(a[:1], b[:1]) })
	var out bytes.Buffer
	out.WriteString("\ufeff") // spreadsheets take it for UTF-8 then
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		return fmt.Errorf("console: csv: %w", err)
	}
	v.Response().Header().Set("Content-Disposition", `attachment; filename="engawa-overview.csv"`)
	return v.Blob(http.StatusOK, "text/csv; charset=utf-8", out.Bytes())
}
