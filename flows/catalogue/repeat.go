package catalogue

import (
	"strconv"
	"strings"
	"time"
)

// The ways of recurring that a group can choose from, in the talk and on its pages.
// Which weekday or which week is meant, the day of the first time says.
const (
	Once      = "once"
	EveryWeek = "week"
	TwoWeeks  = "two"
	NthWeek   = "nth"
	LastWeek  = "last"
	SameDate  = "date"
)

// RuleOf is the rule by which something recurs that begins on a day; "" is once.
func RuleOf(repeat string, day time.Time) string {
	switch repeat {
	case EveryWeek:
		return Weekly(1, day.Weekday())
	case TwoWeeks:
		return Weekly(2, day.Weekday())
	case NthWeek:
		if day.Day() > 28 { // a fifth week is not in every month: the last is meant
			return Monthly(-1, day.Weekday())
		}
		return Monthly((day.Day()-1)/7+1, day.Weekday())
	case LastWeek:
		return Monthly(-1, day.Weekday())
	case SameDate:
		return "FREQ=MONTHLY;BYMONTHDAY=" + strconv.Itoa(day.Day())
	}
	return ""
}

// RepeatOf is the way of recurring that a rule stands for, "" for one of its own.
func RepeatOf(rule string) string {
	switch {
	case rule == "":
		return Once
	case strings.Contains(rule, "INTERVAL=2"):
		return TwoWeeks
	case strings.HasPrefix(rule, "FREQ=WEEKLY"):
		return EveryWeek
	case strings.Contains(rule, "BYDAY=-1"):
		return LastWeek
	case strings.Contains(rule, "BYMONTHDAY"):
		return SameDate
	case strings.Contains(rule, "FREQ=MONTHLY;BYDAY="):
		return NthWeek
	}
	return ""
}
