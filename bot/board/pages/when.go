package pages

import (
	"cmp"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/flows/catalogue"
)

// whenForm is a time as the form shows it.
type whenForm struct {
	Day, From, To, Repeat string
	Holidays              bool
	More                  []string
	Repeats               []repeat
}

type repeat struct{ Value, Words string }

// repeats are the rules that can be chosen. Which weekday is meant, the day says.
var repeats = []repeat{
	{catalogue.Once, "1回だけ"}, {catalogue.EveryWeek, "毎週、同じ曜日"}, {catalogue.TwoWeeks, "2週に1度、同じ曜日"}, {catalogue.NthWeek, "毎月、同じ週の同じ曜日(例 第2土曜)"}, {catalogue.LastWeek, "毎月、最後の同じ曜日"}, {catalogue.SameDate, "毎月、同じ日"},
}

func formOf(e *catalogue.Entry, now time.Time) *whenForm {
	f := &whenForm{Day: now.AddDate(0, 0, 7).Format(time.DateOnly), From: "14:00", To: "16:00", Repeat: "once", Repeats: repeats, Holidays: true}
	if len(e.Times) == 0 {
		f.More = make([]string, 3)
		return f
	}
	w := e.Times[0]
	f.Day, f.From, f.To = string(w.Start.Day()), string(w.Start)[11:], string(w.End)[11:]
	f.Holidays = w.Holidays == catalogue.HolidaysOff
	f.Repeat = cmp.Or(catalogue.RepeatOf(w.Rule), catalogue.NthWeek)
	for _, x := range w.Extra {
		f.More = append(f.More, string(x.Day()))
	}
	for len(f.More) < 3 {
		f.More = append(f.More, "")
	}
	return f
}

func (g *Pages) takeWhen(c echo.Context, e *catalogue.Entry, faults map[string]string) error {
	day, err := time.Parse(time.DateOnly, field(c, "day", 10))
	if err != nil {
		faults["day"] = "日にちをえらびます。"
		return nil
	}
	from, to := field(c, "from", 5), field(c, "to", 5)
	end := day
	if to <= from {
		end = day.AddDate(0, 0, 1) // until after midnight
	}
	w := catalogue.When{
		Start: catalogue.Local(day.Format(time.DateOnly) + "T" + from), End: catalogue.Local(end.Format(time.DateOnly) + "T" + to),
		Rule: catalogue.RuleOf(field(c, "repeat", 5), day),
	}
	if c.FormValue("holidays") != "" {
		w.Holidays = catalogue.HolidaysOff
	}
	form, err := c.FormParams()
	if err != nil {
		return errForm
	}
	for _, more := range form["more"][:min(len(form["more"]), 12)] {
		if more != "" {
			w.Extra = append(w.Extra, catalogue.Local(more+"T"+from))
		}
	}
	if len(e.Times) > 0 { // what was announced and changed stays so
		w.Changes, w.Except = e.Times[0].Changes, e.Times[0].Except
	}
	if err := w.Check(); err != nil {
		faults["day"] = err.Error()
		return nil
	}
	e.Times = []catalogue.When{w}
	if e.Over(g.Now(), g.closed()) {
		faults["day"] = "これからの日にちをえらびます。"
	}
	return nil
}
