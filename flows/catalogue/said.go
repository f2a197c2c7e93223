package catalogue

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Times as notice boards say them: 「第2・第4日曜の11時から14時」「平日の9時から17時半」
// 「月曜から土曜の10時〜16時」「第3土曜は24時間」「毎日の22時から6時」.
var (
	saidPiece = regexp.MustCompile(`^(.*?)(?:の|は)?(24時間|(\d{1,2})(?:時|:)(\d{1,2}|半)?分?(?:から|〜|~|-)(?:次の日の|翌)?(\d{1,2})(?:時|:)(\d{1,2}|半)?分?(?:まで)?)$`)
	saidNth   = regexp.MustCompile(`^(第[0-9・第]+|最後の|毎週)?([日月火水木金土])曜?日?$`)
	saidRange = regexp.MustCompile(`^([日月火水木金土])曜?日?(?:から|〜|~|-)([日月火水木金土])曜?日?$`)
)

// SaidTimes reads times from words. What it cannot read whole it does not read
// at all: half a timetable is a closed door.
func SaidTimes(said string) []When {
	said = strings.ReplaceAll(norm.NFKC.String(said), " ", "")
	var out []When
	for _, piece := range strings.FieldsFunc(said, func(r rune) bool { return r == '、' || r == ',' || r == '。' || r == '/' }) {
		times := saidTimes(piece)
		if times == nil {
			return nil
		}
		out = append(out, times...)
	}
	return out
}

func saidTimes(piece string) []When {
	m := saidPiece.FindStringSubmatch(piece)
	if m == nil {
		return nil
	}
	from, to := 0, 24*60
	if m[2] != "24時間" {
		from, to = minutes(m[3], m[4]), minutes(m[5], m[6])
		if from >= 24*60 || to > 30*60 {
			return nil
		}
	}
	days := m[1]
	switch days {
	case "平日":
		return onDays(time.Monday, time.Friday, from, to)
	case "毎日":
		out := onDays(time.Monday, time.Sunday, from, to)
		for i := range out {
			out[i].Holidays = HolidaysOn
		}
		return out
	}
	if r := saidRange.FindStringSubmatch(days); r != nil {
		return onDays(weekday(r[1]), weekday(r[2]), from, to)
	}
	return onNth(days, from, to)
}

// onNth reads lists of weekdays: 「火曜・木曜・土曜」, 「第2・第4日曜」, 「最後の水曜」.
func onNth(days string, from, to int) []When {
	var out []When
	pending := ""
	for _, d := range strings.Split(days, "・") {
		if strings.HasPrefix(d, "第") && !strings.ContainsAny(d, "日月火水木金土") {
			pending += d + "・"
			continue
		}
		n := saidNth.FindStringSubmatch(pending + d)
		if n == nil {
			return nil
		}
		pending = ""
		day := weekday(n[2])
		rules := []string{Weekly(1, day)}
		if n[1] == "最後の" {
			rules[0] = Monthly(-1, day)
		} else if n[1] != "" && n[1] != "毎週" {
			rules = nil
			for _, one := range strings.Split(strings.ReplaceAll(n[1], "第", ""), "・") {
				nth, err := strconv.Atoi(one)
				if err != nil || nth < 1 || nth > 5 {
					return nil
				}
				rules = append(rules, Monthly(nth, day))
			}
		}
		for _, r := range rules {
			w := weekly(day, from, to, r)
			if w.Start, w.End = onFirst(w, r); w.Start == "" {
				return nil
			}
			out = append(out, w)
		}
	}
	if pending != "" {
		return nil
	}
	return out
}

// onFirst moves the first date of a rule onto a date of the rule: calendars ask for that.
func onFirst(w When, rule string) (Local, Local) {
	first, long, err := w.span()
	if err != nil {
		return "", ""
	}
	w.Rule = rule
	starts, err := w.starts(first, first, first.AddDate(0, 4, 0), nil)
	if err != nil || len(starts) == 0 {
		return "", ""
	}
	return LocalOf(starts[0]), LocalOf(starts[0].Add(long))
}

func onDays(first, last time.Weekday, from, to int) []When {
	var out []When
	for d := first; ; d = (d + 1) % 7 {
		out = append(out, weekly(d, from, to, Weekly(1, d)))
		if d == last {
			return out
		}
	}
}

func weekday(s string) time.Weekday {
	for i, w := range weekdays {
		if w == s {
			return time.Weekday(i)
		}
	}
	return time.Sunday
}

func minutes(hour, rest string) int {
	h, _ := strconv.Atoi(hour)
	if rest == "半" {
		return h*60 + 30
	}
	m, _ := strconv.Atoi(rest)
	return h*60 + m
}
