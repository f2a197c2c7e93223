package console

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"engawa/flows"
	"engawa/handoff/staff"
)

// Tally is how often each answer was given to the question how a talk was, in a month or
// about a topic; -1 = too few to tell. Nothing else of the answers is kept anywhere.
type Tally struct {
	Name string
	N    [len(flows.TalkFelts)]int
}

// Voices gives the sums of these months and topics.
type Voices func(ctx context.Context, months, topics []string) (byMonth, byTopic []Tally, err error)

// Sums of a house are for those who look after it; who had a talk learns nothing of it.
var hears = []staff.Role{staff.Supervisor, staff.Facilitator}

var voiceRoutes = []route{
	{http.MethodGet, "/voices", hears, (*console).voices},
	{http.MethodGet, "/voices.csv", hears, (*console).voicesCSV},
}

// voicesView is the page of what people said after a talk.
type voicesView struct {
	Page    page
	Alarms  []alarmView
	Answers []string
	Tables  []voiceTable
}

type voiceTable struct {
	ID, Title, Head string
	Rows            []voiceRow
}

// voiceRow is one month or topic with its numbers in the order of the answers.
type voiceRow struct {
	Name string
	N    []string
}

func (c *console) voices(v *visit) error {
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	view, err := c.voicesFor(ctx, say)
	if err != nil {
		return err
	}
	if v.has(reads) {
		if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
			return err
		}
	}
	view.Page = c.fullPage(v, "voices", say("voices.title"))
	return c.render(v, http.StatusOK, "voices", view)
}

func (c *console) voicesFor(ctx context.Context, say sayer) (*voicesView, error) {
	if c.Voices == nil {
		return nil, errMissing
	}
	months, topics, err := c.Voices(ctx, monthsTo(c.now()), deskTopics)
	if err != nil {
		return nil, err
	}
	view := &voicesView{}
	for _, felt := range flows.TalkFelts {
		view.Answers = append(view.Answers, say("voices."+felt))
	}
	view.Tables = []voiceTable{
		{"month", say("voices.bymonth"), say("voices.month"), voiceRows(months, func(name string) string { return monthOf(name, say) }, say)},
		{"topic", say("voices.bytopic"), say("fact.topic"), voiceRows(topics, func(name string) string { return topic(name, say) }, say)},
	}
	return view, nil
}

// voiceRows leaves out those of which nothing may be told.
func voiceRows(all []Tally, named func(string) string, say sayer) (rows []voiceRow) {
	for _, t := range all {
		if !slices.ContainsFunc(t.N[:], func(n int) bool { return n >= 0 }) {
			continue
		}
		row := voiceRow{Name: named(t.Name)}
		for _, n := range t.N {
			text := say("voices.few")
			if n >= 0 {
				text = strconv.Itoa(n)
			}
			row.N = append(row.N, text)
		}
		rows = append(rows, row)
	}
	return rows
}

// monthsTo lists a year of months, the present one first.
func monthsTo(now time.Time) (out []string) {
	first := time.Date(now.Year(), now.Month(), 1, 12, 0, 0, 0, now.Location())
	for i := range 12 {
		out = append(out, first.AddDate(0, -i, 0).Format(monthName))
	}
	return out
}

// voicesCSV gives the same numbers for a table.
func (c *console) voicesCSV(v *visit) error {
	say := c.pages.say(v.Taste.Lang)
	view, err := c.voicesFor(v.Request().Context(), say)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	out.WriteString("\ufeff") // spreadsheets take it for UTF-8 then
	w := csv.NewWriter(&out)
	for _, t := range view.Tables {
		for _, row := range t.Rows {
			for i, n := range row.N {
				_ = w.Write([]string{t.Title, row.Name, view.Answers[i], n}) // the error stays and is asked for below
			}
		}
	}
	if w.Flush(); w.Error() != nil {
		return fmt.Errorf("console: csv: %w", w.Error())
	}
	v.Response().Header().Set("Content-Disposition", `attachment; filename="engawa-voices.csv"`)
	return v.Blob(http.StatusOK, "text/csv; charset=utf-8", out.Bytes())
}
