package console

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/book"
	"engawa/handoff/staff"
)

// Who reads the log reads no talk; who reads talks does not read over colleagues' shoulders.
var audits = []staff.Role{staff.Auditor}

var auditRoutes = []route{
	{http.MethodGet, "/book", audits, (*console).bookPage},
	{http.MethodPost, "/book/export", audits, (*console).bookExport},
}

// How much of the log is shown and given out at once.
const (
	bookRows  = 500
	bookDays  = 31
	bookTable = 200_000
)

// bookView is the log as an auditor reads it.
type bookView struct {
	Page      page
	Alarms    []alarmView
	Trouble   string
	From, To  string // days
	Who, Case string
	People    []choiceView
	Rows      []bookRow
	More      bool // than are shown
}

type bookRow struct{ ISO, Time, Who, What, On, How string }

// wantedBook is what somebody asked for.
type wantedBook struct {
	from, to  time.Time
	who, talk string
}

// wanted reads the filter; a day that cannot be read is today.
func (c *console) wanted(v *visit) (w wantedBook, trouble bool) {
	now := c.now()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	day := func(name string, other time.Time) time.Time {
		text := strings.TrimSpace(v.FormValue(name))
		t, err := time.ParseInLocation(time.DateOnly, text, c.zone())
		if err != nil {
			trouble = trouble || text != ""
			return other
		}
		return t
	}
	w.from = day("from", today)
	w.to = day("to", w.from).AddDate(0, 0, 1)
	w.who, w.talk = strings.TrimSpace(v.FormValue("who")), strings.TrimSpace(v.FormValue("case"))
	if !w.to.After(w.from) {
		return wantedBook{from: today, to: today.AddDate(0, 0, 1)}, true
	}
	return w, trouble
}

// readBook gives the lines that were asked for, the oldest first, with the name of
// the case they are about, as far as it still has one.
func (c *console) readBook(ctx context.Context, w wantedBook, each func(e book.Entry, alias string) bool) error {
	names := map[string]string{}
	alias := func(e book.Entry) (string, error) {
		if name, known := names[e.On]; known || !caseShape(e.On) {
			return name, nil
		}
		row, err := c.Desk.Get(ctx, flows.CaseID(e.On))
		if err != nil && !errors.Is(err, handoff.ErrUnknown) {
			return "", err
		}
		names[e.On] = row.Alias
		return row.Alias, nil
	}
	var failed error
	err := c.Office.Book.Read(ctx, w.from, w.to, func(e book.Entry) bool {
		if w.who != "" && e.By != w.who && e.On != w.who {
			return true
		}
		name, err := alias(e)
		if err != nil {
			failed = err
			return false
		}
		if w.talk != "" && e.On != w.talk && name != w.talk {
			return true
		}
		return each(e, name)
	})
	return errors.Join(err, failed)
}

// caseShape says whether a line may be about a case: those have names of their own.
func caseShape(on string) bool { return len(on) == 13 && on[0] == 'c' }

func (c *console) bookPage(v *visit) error {
	if c.Office == nil || c.Office.Book == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	w, bad := c.wanted(v)
	if w.to.After(w.from.AddDate(0, 0, bookDays)) {
		w.from = w.to.AddDate(0, 0, -bookDays)
	}
	view := bookView{From: w.from.Format(time.DateOnly), To: w.to.AddDate(0, 0, -1).Format(time.DateOnly), Who: w.who, Case: w.talk}
	if bad {
		view.Trouble = say("book.badday")
	}
	aliases := c.aliases(ctx)
	for name, alias := range aliases {
		view.People = append(view.People, choiceView{Value: name, Text: alias + " (" + name + ")", Chosen: name == w.who})
	}
	slices.SortFunc(view.People, func(a, b choiceView) int { return strings.Compare(a.Value, b.Value) })
	err := c.readBook(ctx, w, func(e book.Entry, alias string) bool {
		view.Rows = append(view.Rows, c.bookRow(v, e, alias, aliases))
		if len(view.Rows) > bookRows { // the newest are shown
			view.Rows, view.More = view.Rows[1:], true
		}
		return true
	})
	if err != nil {
		return err
	}
	slices.Reverse(view.Rows)
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "book", say("book.title"))
	return c.render(v, http.StatusOK, "book", view)
}

func (c *console) bookRow(v *visit, e book.Entry, alias string, people map[string]string) bookRow {
	say := c.pages.say(v.Taste.Lang)
	t := e.At.In(c.zone())
	row := bookRow{ISO: t.Format(time.RFC3339), Time: t.Format("2006-01-02 15:04:05"), On: e.On, How: e.How}
	if row.Who = say("book.house"); e.By != "" {
		row.Who = e.By
		if name := people[e.By]; name != "" {
			row.Who = name + " (" + e.By + ")"
		}
	}
	row.What = say(c.pages.words[v.Taste.Lang].or("book.do."+e.Do, "book.do.other"), "what", e.Do)
	if alias != "" {
		row.On = alias + " (" + e.On + ")"
	} else if name := people[e.On]; name != "" {
		row.On = name + " (" + e.On + ")"
	}
	return row
}

// bookExport gives the lines out as a file. That it was done is a line too.
func (c *console) bookExport(v *visit) error {
	if c.Office == nil || c.Office.Book == nil {
		return errMissing
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	w, bad := c.wanted(v)
	if bad {
		return errBad
	}
	var out bytes.Buffer
	each, flush := book.CSV(&out)
	kind, name := "text/csv; charset=utf-8", "engawa-log.csv"
	if v.form("as") == "jsonl" {
		out.Reset()
		each, flush = book.Lines(&out), func() error { return nil }
		kind, name = "application/x-ndjson", "engawa-log.jsonl"
	}
	n := 0
	var failed error
	err := c.readBook(v.Request().Context(), w, func(e book.Entry, _ string) bool {
		n, failed = n+1, each(e)
		return failed == nil && n < bookTable
	})
	if err := errors.Join(err, failed, flush()); err != nil {
		return err
	}
	how := w.from.Format(time.DateOnly) + "/" + w.to.AddDate(0, 0, -1).Format(time.DateOnly)
	if err := c.Office.Book.Write(v.Request().Context(), v.Name, "book-export", w.who, how); err != nil {
		return err // it does not leave unseen
	}
	v.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return v.Blob(http.StatusOK, kind, out.Bytes())
}
