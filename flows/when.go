package flows

import (
	"strconv"
	"time"
)

// clockForm says how a moment stands in a sentence.
type clockForm int

const (
	around clockForm = iota // somebody reads from then on: 「あした 午前9時ごろ」
	until                   // somebody reads up to then: 「きょう午後5時まで」
	by                      // a promise: the same words in Japanese, others in English
)

// spoken tells a moment as people say it, seen from now, in a language. Where we
// have no checked words for a language it gives plain figures.
func spoken(at, now time.Time, form clockForm, l Lang) string {
	if at.IsZero() {
		return unknownWhen(l)
	}
	at = at.In(now.Location())
	day := daysBetween(now, at)
	if form != around && day == 1 && at.Hour() == 0 && at.Minute() == 0 {
		day = 0 // midnight ends today
	}
	switch l {
	case Ja, "":
		return spokenJa(at, day, form)
	case JaEasy:
		return spokenEasy(at, day, form)
	case En:
		return spokenEn(at, day, form)
	}
	return spokenFigures(at, day, form, l)
}

// unknownWhen stands where nobody can say when somebody reads next.
func unknownWhen(l Lang) string {
	switch l {
	case Ja, "":
		return "次に人がいるとき"
	case JaEasy:
		return "次(つぎ)に 人(ひと)が いるとき"
	case En:
		return "as soon as someone is here"
	}
	return "…"
}

// daysBetween counts the midnights from a to b, both in b's zone.
func daysBetween(a, b time.Time) int {
	y, m, d := a.Date()
	from := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	y, m, d = b.Date()
	to := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	return int(to.Sub(from) / (24 * time.Hour))
}

const weekdaysJa = "日月火水木金土"

func weekdayJa(t time.Time) string {
	i := 3 * int(t.Weekday())
	return weekdaysJa[i : i+3]
}

func spokenJa(at time.Time, day int, form clockForm) string {
	clock := clockJa(at, form)
	space, tail := " ", "ごろ"
	if form != around {
		space, tail = "", "まで"
	}
	switch day {
	case 0:
		return "きょう" + space + clock + tail
	case 1:
		return "あした" + space + clock + tail
	}
	return strconv.Itoa(int(at.Month())) + "月" + strconv.Itoa(at.Day()) + "日(" + weekdayJa(at) + ")" + " " + clock + tail
}

func clockJa(at time.Time, form clockForm) string {
	h, m := at.Hour(), at.Minute()
	switch {
	case h == 0 && m == 0 && form != around:
		return "夜12時"
	case h == 12 && m == 0:
		return "正午"
	}
	half := "午前"
	if h >= 12 {
		half, h = "午後", h-12
	}
	s := half + strconv.Itoa(h) + "時"
	if m != 0 {
		s += strconv.Itoa(m) + "分"
	}
	return s
}

// easyDays are the days of the month that are not read as number and にち.
var easyDays = map[int]string{1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか",
	7: "なのか", 8: "ようか", 9: "ここのか", 10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか"}

var easyWeekdays = [...]string{"日曜日(にちようび)", "月曜日(げつようび)", "火曜日(かようび)", "水曜日(すいようび)",
	"木曜日(もくようび)", "金曜日(きんようび)", "土曜日(どようび)"}

func spokenEasy(at time.Time, day int, form clockForm) string {
	clock := clockEasy(at, form)
	tail := "ごろ"
	if form != around {
		tail = "まで"
	}
	switch day {
	case 0:
		return "きょう " + clock + tail
	case 1:
		return "あした " + clock + tail
	}
	reading, ok := easyDays[at.Day()]
	if !ok {
		reading = "にち"
	}
	return strconv.Itoa(int(at.Month())) + "月(がつ)" + strconv.Itoa(at.Day()) + "日(" + reading + ") " +
		easyWeekdays[at.Weekday()] + " " + clock + tail
}

func clockEasy(at time.Time, form clockForm) string {
	h, m := at.Hour(), at.Minute()
	if h == 0 && m == 0 && form != around {
		return "夜(よる)12時(じ)"
	}
	half := "午前(ごぜん)"
	if h >= 12 {
		half = "午後(ごご)"
		if h > 12 {
			h -= 12 // twelve at noon stays 12: 午後0時 is hard to read
		}
	}
	s := half + strconv.Itoa(h) + "時(じ)"
	if m != 0 {
		s += strconv.Itoa(m) + "分(ふん)"
	}
	return s
}

func spokenEn(at time.Time, day int, form clockForm) string {
	clock := at.Format("3:04 pm")
	if at.Minute() == 0 {
		clock = at.Format("3 pm")
	}
	switch {
	case at.Minute() == 0 && at.Hour() == 0:
		clock = "midnight"
	case at.Minute() == 0 && at.Hour() == 12:
		clock = "noon"
	}
	lead := [...]string{around: "around ", until: "until ", by: "by "}[form]
	switch day {
	case 0:
		return lead + clock + " today"
	case 1:
		return lead + clock + " tomorrow"
	}
	return lead + clock + " on " + at.Format("Monday, January 2")
}

func spokenFigures(at time.Time, day int, form clockForm, l Lang) string {
	clock := at.Format("15:04")
	switch {
	case day == 0:
	case l == Vi || l == Pt: // the day comes first there
		clock = at.Format("2/1 15:04")
	default:
		clock = at.Format("1/2 15:04")
	}
	if form != around {
		return "– " + clock
	}
	return clock
}
