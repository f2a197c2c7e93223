package forms

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"engawa/flows/catalogue"
)

// Days and hours as people type them where no picker opens: 「12月5日 14時」「12/5 午後2時半」
// 「こんどの土曜 10:30」「あした 14時」.
var (
	typedDay  = regexp.MustCompile(`(?:(\d{4})[年/-])?(\d{1,2})[月/-](\d{1,2})日?`)
	typedWord = regexp.MustCompile(`(きょう|今日|あした|明日|あさって|明後日)`)
	typedWeek = regexp.MustCompile(`(来週の?|らいしゅうの?|こんどの|今度の|今週の)?([日月火水木金土])曜`)
	typedHour = regexp.MustCompile(`(午前|午後|夜|朝|ごぜん|ごご)?の?(\d{1,2})(?:時(半|\d{1,2}分?)?|:(\d{2}))`)
)

// ReadWhen reads a day and an hour, as "2026-12-05T14:00"; "" if one of them is not
// there. A day without a year is the next such day.
func ReadWhen(said string, now time.Time) string {
	said = strings.ReplaceAll(norm.NFKC.String(said), " ", "")
	now = now.In(catalogue.Tokyo)
	day, rest, ok := readDay(said, now)
	if !ok {
		return ""
	}
	m := typedHour.FindStringSubmatch(rest)
	if m == nil {
		return ""
	}
	hour, _ := strconv.Atoi(m[2])
	switch {
	case (m[1] == "午後" || m[1] == "ごご" || m[1] == "夜") && hour < 12:
		hour += 12
	}
	minute := 0
	switch {
	case m[3] == "半":
		minute = 30
	case m[3] != "":
		minute, _ = strconv.Atoi(strings.TrimSuffix(m[3], "分"))
	case m[4] != "":
		minute, _ = strconv.Atoi(m[4])
	}
	if hour > 23 || minute > 59 {
		return ""
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, catalogue.Tokyo)
	return string(catalogue.LocalOf(at))
}

// readDay takes the day out of a line and gives what is left of it.
func readDay(said string, now time.Time) (day time.Time, rest string, ok bool) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, catalogue.Tokyo)
	if at := typedDay.FindStringSubmatchIndex(said); at != nil {
		m := typedDay.FindStringSubmatch(said)
		month, _ := strconv.Atoi(m[2])
		date, _ := strconv.Atoi(m[3])
		year, named := today.Year(), m[1] != ""
		if named {
			year, _ = strconv.Atoi(m[1])
		}
		day = time.Date(year, time.Month(month), date, 0, 0, 0, 0, catalogue.Tokyo)
		if !named && day.Before(today) {
			day = time.Date(year+1, time.Month(month), date, 0, 0, 0, 0, catalogue.Tokyo)
		}
		real := int(day.Month()) == month && day.Day() == date // no 31st of February
		return day, said[:at[0]] + said[at[1]:], real
	}
	if at := typedWord.FindStringIndex(said); at != nil {
		days := map[string]int{"きょう": 0, "今日": 0, "あした": 1, "明日": 1, "あさって": 2, "明後日": 2}[said[at[0]:at[1]]]
		return today.AddDate(0, 0, days), said[:at[0]] + said[at[1]:], true
	}
	if at := typedWeek.FindStringIndex(said); at != nil {
		m := typedWeek.FindStringSubmatch(said)
		day = today.AddDate(0, 0, (weekday(m[2])-int(today.Weekday())+7)%7)
		switch {
		case strings.HasPrefix(m[1], "来週"), strings.HasPrefix(m[1], "らいしゅう"):
			monday := today.AddDate(0, 0, 7-(int(today.Weekday())+6)%7)
			day = monday.AddDate(0, 0, (weekday(m[2])+6)%7)
		case day.Equal(today) && m[1] != "":
			day = day.AddDate(0, 0, 7) // 「こんどの」 is not today
		}
		return day, said[:at[0]] + said[at[1]:], true
	}
	return today, said, false
}

func weekday(name string) int {
	for i, d := range []string{"日", "月", "火", "水", "木", "金", "土"} {
		if d == name {
			return i
		}
	}
	return 0
}
