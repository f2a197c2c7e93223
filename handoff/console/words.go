package console

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

//go:embed words/*/*.yaml
var wordFiles embed.FS

// catalogue holds every sentence of the console in one language.
type catalogue map[string]string

func readCatalogue(lang string) (catalogue, error) {
	files, err := fs.Glob(wordFiles, "words/"+lang+"/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("console: words: %w", err)
	}
	words := catalogue{}
	for _, name := range files {
		raw, err := fs.ReadFile(wordFiles, name)
		if err != nil {
			return nil, fmt.Errorf("console: words: %w", err)
		}
		more := catalogue{}
		if err := yaml.Unmarshal(raw, &more); err != nil {
			return nil, fmt.Errorf("console: words: %s: %w", name, err)
		}
		for key, text := range more {
			if _, twice := words[key]; twice {
				return nil, fmt.Errorf("console: words: %s: %s is said in another file too", name, key)
			}
			words[key] = text
		}
	}
	return words, nil
}

// sayer gives the sentence of a key; pairs fill its {placeholders}.
type sayer func(key string, pairs ...any) string

func (w catalogue) say(key string, pairs ...any) string {
	text, ok := w[key]
	if !ok {
		return key
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return text
}

// or gives the sentence of the first key that exists.
func (w catalogue) or(key, other string) string {
	if _, ok := w[key]; ok {
		return key
	}
	return other
}

// The times below are told as people say them, in the house's own zone.

// hour is 「15時」 or 「15時30分」.
func (s sayer) hour(t time.Time) string {
	if t.Minute() == 0 {
		return s("hour.exact", "h", t.Hour())
	}
	return s("hour.half", "h", t.Hour(), "m", fmt.Sprintf("%02d", t.Minute()))
}

// moment is when something was: a clock time today, else with its day.
func (s sayer) moment(t, now time.Time) string {
	clock := t.Format("15:04")
	switch days(now, t) {
	case 0:
		return s("time.today", "time", clock)
	case -1:
		return s("time.yesterday", "time", clock)
	}
	return s("time.date", "month", int(t.Month()), "day", t.Day(), "weekday", s.weekday(t), "time", clock)
}

// coming is when something will be: 「明日 9時」.
func (s sayer) coming(t, now time.Time) string {
	switch days(now, t) {
	case 0:
		return s("time.today", "time", s.hour(t))
	case 1:
		return s("time.tomorrow", "time", s.hour(t))
	}
	return s("time.date", "month", int(t.Month()), "day", t.Day(), "weekday", s.weekday(t), "time", s.hour(t))
}

// until is a promise: 「明日の15時まで」.
func (s sayer) until(t, now time.Time) string {
	switch days(now, t) {
	case 0:
		return s("until.today", "time", s.hour(t))
	case 1:
		return s("until.tomorrow", "time", s.hour(t))
	}
	return s("until.day", "day", s.date(t), "time", s.hour(t))
}

// day heads the letters of one day.
func (s sayer) day(t, now time.Time) string {
	switch days(now, t) {
	case 0:
		return s("day.today")
	case -1:
		return s("day.yesterday")
	}
	return s.date(t)
}

func (s sayer) date(t time.Time) string {
	return s("time.dateonly", "month", int(t.Month()), "day", t.Day(), "weekday", s.weekday(t))
}

func (s sayer) weekday(t time.Time) string { return s("weekday." + strconv.Itoa(int(t.Weekday()))) }

// lasting is how long something has taken, in the one unit that matters.
func (s sayer) lasting(d time.Duration) string {
	switch {
	case d < time.Minute:
		return s("time.now")
	case d < time.Hour:
		return s("time.minutes", "n", int(d.Minutes()))
	case d < 24*time.Hour:
		return s("time.hours", "n", int(d.Hours()))
	}
	return s("time.days", "n", int(d.Hours()/24))
}

// wait is how long somebody has to wait, never told too short.
func (s sayer) wait(d time.Duration) string {
	if d < time.Minute {
		return s("time.seconds", "n", max(1, int((d+time.Second-1)/time.Second)))
	}
	return s("time.minutes", "n", int((d+time.Minute-1)/time.Minute))
}

// days counts midnights between two moments of the same zone.
func days(from, to time.Time) int {
	a := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
	b := time.Date(to.Year(), to.Month(), to.Day(), 0, 0, 0, 0, time.UTC)
	return int(b.Sub(a).Hours() / 24)
}
