package console

import (
	"context"
	"strconv"
	"time"

	"engawa/flows"
)

// How far back signs are shown, and from how many on: fewer would be somebody's.
const (
	signMonths = 3
	signsFrom  = 10
)

// monthName is how a month is counted under.
const monthName = "2006-01"

// monthOf is such a name as it is read.
func monthOf(name string, say sayer) string {
	at, err := time.Parse(monthName, name)
	if err != nil {
		return name
	}
	return say("signs.month", "year", strconv.Itoa(at.Year()), "month", strconv.Itoa(int(at.Month())))
}

// signsView is the table of 受援力: what was laid out, what was taken of it, and that
// looking was enough. It counts the house's words and offers, never anybody's score.
type signsView struct {
	Months []string
	Rows   []signRow
}

type signRow struct {
	Name  string
	Cells []string
}

// signsFor makes the table of the last months, the newest last.
func (c *console) signsFor(ctx context.Context, say sayer) (signsView, error) {
	months, err := c.Ledger.Signs(ctx)
	if err != nil {
		return signsView{}, err
	}
	now := c.now().In(c.zone())
	var view signsView
	var counts []map[string]int64
	for back := signMonths - 1; back >= 0; back-- {
		month := time.Date(now.Year(), now.Month()-time.Month(back), 1, 0, 0, 0, 0, now.Location())
		name := month.Format(monthName)
		view.Months = append(view.Months, monthOf(name, say))
		counts = append(counts, months[name])
	}
	for _, sign := range flows.Signs {
		row := signRow{Name: say("signs." + string(sign))}
		for _, n := range counts {
			cell := "—"
			if n[string(flows.SignOffered)] >= signsFrom {
				cell = strconv.FormatInt(n[string(sign)], 10)
			}
			row.Cells = append(row.Cells, cell)
		}
		view.Rows = append(view.Rows, row)
	}
	return view, nil
}
