package catalogue

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Times in one cell of a file, each like
//
//	2026-12-05 14:00-16:00
//	2026-12-12 14:00-16:00 毎月 第2土曜 祝日休み 除く=2027-01-09 中止=2027-02-13
//	2026-12-12 22:00-2026-12-13 06:00 FREQ=WEEKLY;BYDAY=SA 変更=2026-12-19>2026-12-20T22:00>2026-12-21T06:00
//
// with a line break or | between them. The words are those of the posting form.
const (
	optExcept, optExtra, optOff, optMoved, optZone = "除く", "ほか", "中止", "変更", "時間帯"
	saidHolidays                                   = "祝日休み"
)

// WriteTimes writes times so that [ReadTimes] gives the same.
func WriteTimes(times []When) string {
	var out []string
	for i := range times {
		out = append(out, writeTime(&times[i]))
	}
	return strings.Join(out, "\n")
}

func writeTime(w *When) string {
	end := strings.Replace(string(w.End), "T", " ", 1)
	if w.End.Day() == w.Start.Day() {
		end = strings.TrimPrefix(end, string(w.Start.Day())+" ")
	}
	parts := []string{strings.Replace(string(w.Start), "T", " ", 1) + "-" + end}
	if w.Rule != "" {
		bare := When{Start: w.Start, Rule: w.Rule}
		said := bare.RuleWords()
		if rule, ok := ruleSaid(said, w.Start); !ok || rule != w.Rule {
			said = "RRULE:" + w.Rule
		}
		parts = append(parts, said)
	}
	if w.Holidays == HolidaysOff {
		parts = append(parts, saidHolidays)
	}
	var off, moved []string
	for _, c := range w.Changes {
		if c.Start == "" && c.End == "" {
			off = append(off, string(c.Day))
		} else {
			moved = append(moved, string(c.Day)+">"+string(c.Start)+">"+string(c.End))
		}
	}
	for _, o := range []struct{ name, list string }{
		{optExcept, commas(w.Except)}, {optExtra, commas(w.Extra)}, {optOff, commas(off)}, {optMoved, commas(moved)}, {optZone, w.Zone},
	} {
		if o.list != "" {
			parts = append(parts, o.name+"="+o.list)
		}
	}
	return strings.Join(parts, " ")
}

func commas[T ~string](all []T) string { return strings.ReplaceAll(joined(all), "・", ",") }

var (
	oneDate = `(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?(?:\([日月火水木金土]\))?`
	oneTime = regexp.MustCompile(`^` + oneDate + `[ T](\d{1,2}):(\d{2}) ?(?:-|–|〜|~|から) ?(?:` + oneDate + `[ T])?(翌|次の日の?)?(\d{1,2}):(\d{2})(?:まで)?(?: (.*))?$`)
	between = regexp.MustCompile(`[\r\n|｜]+`)
	spaces  = regexp.MustCompile(`\s+`)
)

// errTime says how a time is written.
var errTime = errors.New("2026-12-05 14:00-16:00 の形で書きます。くり返しは、そのあとに「毎月 第2土曜」などと書きます。いくつもあるときは | で区切ります。")

// ReadTimes reads the times of one cell.
func ReadTimes(cell string) (out []When, err error) {
	for _, one := range between.Split(cell, -1) {
		one = strings.TrimSpace(spaces.ReplaceAllString(norm.NFKC.String(one), " "))
		if one == "" {
			continue
		}
		w, err := readTime(one)
		if err != nil {
			return nil, err
		}
		if err := w.Check(); err != nil {
			return nil, fmt.Errorf("%w。", err)
		}
		out = append(out, w)
	}
	return out, nil
}

func readTime(one string) (w When, err error) {
	m := oneTime.FindStringSubmatch(one)
	if m == nil {
		return w, errTime
	}
	first, ok := dayOf(m[1:4])
	last := first
	if ok && m[6] != "" {
		last, ok = dayOf(m[6:9])
	}
	if !ok {
		return w, errors.New("その日は暦にありません。")
	}
	if m[9] != "" {
		last = last.AddDate(0, 0, 1)
	}
	from, to := minutes(m[4], m[5]), minutes(m[10], m[11])
	if from >= 24*60 || to > 30*60 {
		return w, errors.New("時刻は 0:00 から 24:00 までです。次の日なら「翌1:00」と書けます。")
	}
	w.Start, w.End = LocalOf(first.Add(time.Duration(from)*time.Minute)), LocalOf(last.Add(time.Duration(to)*time.Minute))
	return w, w.readRest(m[12])
}

func dayOf(ymd []string) (time.Time, bool) {
	y, _ := strconv.Atoi(ymd[0])
	m, _ := strconv.Atoi(ymd[1])
	d, _ := strconv.Atoi(ymd[2])
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d && int(t.Month()) == m
}

// readRest reads what stands after the first time: recurrence and its exceptions.
func (w *When) readRest(rest string) error {
	for _, said := range []string{"(祝日と年末年始はお休み)", saidHolidays, "祝日は休み", "祝日はお休み"} {
		if strings.Contains(rest, said) {
			rest, w.Holidays = strings.Replace(rest, said, " ", 1), HolidaysOff
		}
	}
	said := ""
	for _, token := range strings.Fields(rest) {
		if len(said) > 200 {
			return errTime // no words of a recurrence are that long
		}
		name, value, _ := strings.Cut(token, "=")
		all := strings.Split(value, ",")
		switch {
		case name == optExcept:
			w.Except = as[Day](all)
		case name == optExtra:
			w.Extra = as[Local](all)
		case name == optZone:
			w.Zone = value
		case name == optOff:
			for _, d := range all {
				w.Changes = append(w.Changes, Change{Day: Day(d)})
			}
		case name == optMoved:
			if err := w.readMoved(all); err != nil {
				return err
			}
		case strings.HasPrefix(token, "RRULE:") || name == "FREQ":
			w.Rule = strings.TrimPrefix(token, "RRULE:")
		default:
			said += token
		}
	}
	if said == "" {
		return nil
	}
	rule, ok := ruleSaid(said, w.Start)
	if !ok || w.Rule != "" {
		return fmt.Errorf("くり返し「%s」が読めません。毎日・毎週 土曜・2週に1度 土曜・毎月 第2土曜・毎月 最後の水曜・毎月 15日 か、RRULE（FREQ=…）で書きます。", said)
	}
	w.Rule = rule
	return nil
}

func (w *When) readMoved(all []string) error {
	for _, c := range all {
		p := strings.Split(c, ">")
		if len(p) != 3 {
			return errors.New("日の変更は、変更=2026-12-12>2026-12-13T14:00>2026-12-13T16:00 の形で書きます。")
		}
		w.Changes = append(w.Changes, Change{Day: Day(p[0]), Start: Local(p[1]), End: Local(p[2])})
	}
	return nil
}

func as[T ~string](all []string) []T {
	out := make([]T, len(all))
	for i, s := range all {
		out[i] = T(s)
	}
	return out
}

var saidRule = regexp.MustCompile(`^(?:(毎日)|(毎週)|隔週|([2-9]|[1-5]\d)週に[1一]度|(毎月)|([2-9]|1[0-2])か月に[1一]度)(?:の?)(.*)$`)

// ruleSaid reads the words of [When.RuleWords], and a few more that people use.
func ruleSaid(said string, start Local) (string, bool) {
	m := saidRule.FindStringSubmatch(strings.ReplaceAll(said, " ", ""))
	if m == nil {
		return "", false
	}
	if day, ok := strings.CutSuffix(m[6], "日"); ok && m[4] != "" {
		if n, err := strconv.Atoi(day); err == nil {
			return fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", n), n >= 1 && n <= 31
		}
	}
	if m[1] != "" {
		return "FREQ=DAILY", m[6] == ""
	}
	monthly := m[4] != "" || m[5] != ""
	days, ok := daysSaid(m[6], monthly)
	if t, err := start.In(time.UTC); m[6] == "" && err == nil && !monthly {
		days, ok = byday[t.Weekday()], true
	}
	switch {
	case !ok:
		return "", false
	case m[4] != "":
		return "FREQ=MONTHLY;BYDAY=" + days, true
	case m[5] != "":
		return "FREQ=MONTHLY;INTERVAL=" + m[5] + ";BYDAY=" + days, true
	case m[2] != "":
		return "FREQ=WEEKLY;BYDAY=" + days, true
	case m[3] == "":
		m[3] = "2" // 隔週
	}
	return "FREQ=WEEKLY;INTERVAL=" + m[3] + ";BYDAY=" + days, true
}

var saidDay = regexp.MustCompile(`^(?:第([1-5])|(最後の))?([日月火水木金土])曜?日?$`)

// daysSaid reads 「火曜・木曜」, and where weeks of the month are told also 「第2・第4土曜」.
func daysSaid(said string, nth bool) (string, bool) {
	var out, pending []string
	for _, d := range strings.FieldsFunc(said, func(r rune) bool { return r == '・' || r == '、' || r == ',' || r == '･' }) {
		if n, ok := strings.CutPrefix(d, "第"); ok && nth && len(n) == 1 {
			pending = append(pending, n)
			continue
		}
		m := saidDay.FindStringSubmatch(d)
		if m == nil || !nth && m[1]+m[2] != "" || nth && m[1]+m[2] == "" || len(pending) > 0 && m[1] == "" {
			return "", false
		}
		name := byday[weekday(m[3])]
		for _, n := range pending {
			out = append(out, n+name)
		}
		pending = nil
		if m[2] != "" {
			m[1] = "-1"
		}
		out = append(out, m[1]+name)
	}
	return strings.Join(out, ","), len(out) > 0 && len(pending) == 0
}
