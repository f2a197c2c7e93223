package catalogue

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// Occurrences are the times of the entry that touch from … to, in order. What
// is cancelled as a whole is so on every date. Times that cannot be read are
// left out: [Entry.Check] has refused them before.
func (e *Entry) Occurrences(from, to time.Time, closed Closed) []Occurrence {
	var out []Occurrence
	for i := range e.Times {
		o, err := e.Times[i].Occurrences(from, to, closed)
		if err == nil {
			out = append(out, o...)
		}
	}
	if e.State == Cancelled || e.State == Recalled {
		for i := range out {
			out[i].Off = true
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Start.Before(out[j].Start) })
	return out
}

// ahead is how far we look for the next time.
const ahead = 400 * 24 * time.Hour

// Next is the first time that is not over and not cancelled.
func (e *Entry) Next(now time.Time, closed Closed) (Occurrence, bool) {
	for _, reach := range []time.Duration{40 * 24 * time.Hour, ahead} {
		for _, o := range e.Occurrences(now, now.Add(reach), closed) {
			if !o.Off {
				return o, true
			}
		}
	}
	return Occurrence{}, false
}

// Over tells that no time of the entry is still to come. What has no times is never over.
func (e *Entry) Over(now time.Time, closed Closed) bool {
	if len(e.Times) == 0 {
		return false
	}
	_, more := e.Next(now, closed)
	return !more
}

// OpenAt says whether it is open at the moment now, and until when that holds.
// known is false where times are told in words only. Times that touch, as those
// of a night do at midnight, are one.
func (e *Entry) OpenAt(now time.Time, closed Closed) (open bool, next time.Time, known bool) {
	if len(e.Times) == 0 {
		return false, time.Time{}, false
	}
	const look = 14 * 24 * time.Hour
	end := now.Add(look)
	until := now
	for _, o := range e.Occurrences(now.Add(-time.Minute), end, closed) {
		switch {
		case o.Off || !o.End.After(until):
		case !o.Start.After(until):
			open, until = true, o.End
		case open:
			return true, until, true
		default:
			return false, o.Start, true
		}
	}
	if open {
		return true, until, true
	}
	return false, end, true
}

// Words for weekdays and for the weeks of a month.
var (
	weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}
	byday    = [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
)

// Monthly is the rule 「第n」 on a weekday of every month; n = -1 is the last.
func Monthly(n int, d time.Weekday) string {
	return fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", n, byday[d])
}

// Weekly is the rule of every so many weeks on the given days.
func Weekly(every int, days ...time.Weekday) string {
	rule := "FREQ=WEEKLY"
	if every > 1 {
		rule += fmt.Sprintf(";INTERVAL=%d", every)
	}
	if len(days) > 0 {
		names := make([]string, len(days))
		for i, d := range days {
			names[i] = byday[d]
		}
		rule += ";BYDAY=" + strings.Join(names, ",")
	}
	return rule
}

// DayWords says a day as people do: きょう, あした, こんどの土曜, 11月28日(土).
func DayWords(d, now time.Time) string {
	days := int(wall(d).Truncate(24*time.Hour).Sub(wall(now).Truncate(24*time.Hour)) / (24 * time.Hour))
	switch name := weekdays[d.Weekday()]; {
	case days == 0:
		return "きょう"
	case days == 1:
		return "あした"
	case days > 1 && days < 7:
		return "こんどの" + name + "曜"
	case d.Year() != now.Year():
		return fmt.Sprintf("%d年%d月%d日(%s)", d.Year(), d.Month(), d.Day(), name)
	default:
		return fmt.Sprintf("%d月%d日(%s)", d.Month(), d.Day(), name)
	}
}

// ClockWords says an hour as people do: 午前10時, 午後2時半.
func ClockWords(t time.Time) string {
	half, hour := "午前", t.Hour()
	if hour >= 12 {
		half, hour = "午後", hour-12
	}
	switch t.Minute() {
	case 0:
		return fmt.Sprintf("%s%d時", half, hour)
	case 30:
		return fmt.Sprintf("%s%d時半", half, hour)
	default:
		return fmt.Sprintf("%s%d時%d分", half, hour, t.Minute())
	}
}

// Words says an occurrence: 「こんどの土曜 午後2時から4時まで」.
func (o Occurrence) Words(now time.Time) string {
	now = now.In(o.Start.Location())
	end := ClockWords(o.End)
	switch {
	case DayOf(o.End) != DayOf(o.Start) && o.End.Sub(o.Start) > 24*time.Hour:
		end = DayWords(o.End, now) + " " + end
	case DayOf(o.End) != DayOf(o.Start):
		end = "次の日の" + end
	case (o.Start.Hour() < 12) == (o.End.Hour() < 12):
		end = strings.TrimPrefix(strings.TrimPrefix(end, "午前"), "午後")
	}
	return DayWords(o.Start, now) + " " + ClockWords(o.Start) + "から" + end + "まで"
}

// RuleWords says a rule: 「毎月 第2土曜(祝日はお休み)」. What has no short words is "".
func (w *When) RuleWords() string {
	if w.Rule == "" {
		return ""
	}
	parts := map[string]string{}
	for _, p := range strings.Split(w.Rule, ";") {
		k, v, _ := strings.Cut(p, "=")
		parts[k] = v
	}
	days := dayNames(parts["BYDAY"], w.Start)
	every := parts["INTERVAL"]
	said := ""
	switch freq := parts["FREQ"]; {
	case freq == "DAILY" && every == "":
		said = "毎日"
	case freq == "WEEKLY" && (every == "" || every == "1"):
		said = "毎週 " + days
	case freq == "WEEKLY":
		said = every + "週に1度 " + days
	case freq == "MONTHLY" && parts["BYMONTHDAY"] != "":
		said = "毎月 " + parts["BYMONTHDAY"] + "日"
	case freq == "MONTHLY" && every != "" && every != "1":
		said = every + "か月に1度 " + days
	case freq == "MONTHLY" && parts["BYDAY"] != "":
		said = "毎月 " + days
	default:
		return ""
	}
	if w.Holidays == HolidaysOff {
		said += "(祝日と年末年始はお休み)"
	}
	return said
}

func dayNames(list string, start Local) string {
	if list == "" {
		if t, err := start.In(time.UTC); err == nil {
			return weekdays[t.Weekday()] + "曜"
		}
		return ""
	}
	var out []string
	for _, d := range strings.Split(list, ",") {
		if len(d) < 2 {
			continue
		}
		i := slices.Index(byday[:], d[len(d)-2:])
		if i < 0 {
			return list
		}
		switch n := d[:len(d)-2]; n {
		case "":
			out = append(out, weekdays[i]+"曜")
		case "-1":
			out = append(out, "最後の"+weekdays[i]+"曜")
		default:
			out = append(out, "第"+n+weekdays[i]+"曜")
		}
	}
	return strings.Join(out, "・")
}
