package script

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

// readTeams reads 窓口のこと: the topics, people and hours of each 窓口.
func (l *loader) readTeams(f *file, fs map[string]entry) {
	e, ok := fs["窓口のこと"]
	if !ok {
		return
	}
	l.b.House.About = map[string]flows.Team{}
	for _, one := range f.entries(e.value, "窓口のこと") {
		if !contains(l.b.House.Teams, one.key) {
			f.unknown(one.at, "team", one.key, "house.yaml の 窓口", l.b.House.Teams)
			continue
		}
		l.b.House.About[one.key] = f.team(one.value)
	}
}

func (f *file) team(n *yaml.Node) (t flows.Team) {
	in := f.fields(n, "窓口のひとつ", "話", "人", "開いている時間")
	if at, ok := in["話"]; ok {
		for _, it := range f.texts(at.value, "話") {
			topic, known := topics[it.text]
			if !known {
				f.unknown(it.at, "topic", it.text, "話の種類", topicWords)
			}
			t.Topics = append(t.Topics, topic)
		}
	}
	if at, ok := in["人"]; ok {
		for _, it := range f.texts(at.value, "人") {
			t.People = append(t.People, it.text)
		}
	}
	if at, ok := in["開いている時間"]; ok {
		t.Hours, _ = f.week(at.value, "開いている時間")
	}
	return t
}

// thin warns of an area on which nobody could be ill: fewer than two people and no
// team. Whom the console puts there is counted by `engawa doctor`.
func (f *file) thin(one entry, a flows.Area) {
	if len(a.Teams) == 0 && len(a.People) < 2 {
		f.warn(one.at, "thin-area", fmt.Sprintf("圏域「%s」に立つ人は、house.yaml では%d人です。二人以上の人か、窓口を書きます(画面で入れた人は engawa doctor が数えます)。", a.Name, len(a.People)), "")
	}
}

// HouseEdits are what house.yaml needs to say of areas and teams what is says.
func HouseEdits(was, is *flows.House) (edits []Edit) {
	put := func(value string, key ...string) {
		edits = append(edits, Edit{File: "house.yaml", Key: key, Value: value})
	}
	if !slices.Equal(was.Teams, is.Teams) {
		put(listOf(is.Teams), "窓口")
	}
	names := map[string]bool{}
	for _, name := range slices.Concat(is.Teams, was.Teams) {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if value := aboutOf(is.About[name]); value != aboutOf(was.About[name]) {
			put(value, "窓口のこと", name)
		}
	}
	old := map[string]string{}
	for _, a := range was.Areas {
		old[a.Name] = areaOf(a)
	}
	for _, a := range is.Areas {
		if old[a.Name] != areaOf(a) {
			put(areaOf(a), "圏域", a.Name)
		}
		delete(old, a.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(old)) {
		put("", "圏域", name)
	}
	return edits
}

func listOf(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = Quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func areaOf(a flows.Area) string {
	parts := []string{"広さ: " + levelWords[a.Level-1]}
	if len(a.Teams) > 0 {
		parts = append(parts, "窓口: "+listOf(a.Teams))
	}
	if len(a.People) > 0 {
		parts = append(parts, "人: "+listOf(a.People))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// aboutOf is one entry of 窓口のこと; "" where there is nothing to say.
func aboutOf(t flows.Team) string {
	var parts, words []string
	for _, topic := range t.Topics {
		for _, w := range topicWords {
			if topics[w] == topic {
				words = append(words, w)
			}
		}
	}
	if len(words) > 0 {
		parts = append(parts, "話: "+listOf(words))
	}
	if len(t.People) > 0 {
		parts = append(parts, "人: "+listOf(t.People))
	}
	if t.Hours != nil {
		parts = append(parts, "開いている時間: "+weekOf(t.Hours))
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func weekOf(week map[time.Weekday][]flows.Span) string {
	var days []string
	for _, word := range weekdayWords {
		ds := weekdays[word]
		if len(ds) != 1 || len(week[ds[0]]) == 0 {
			continue
		}
		var spans []string
		for _, s := range week[ds[0]] {
			spans = append(spans, fmt.Sprintf("%d:%02d-%d:%02d", s.From/60, s.From%60, s.To/60, s.To%60))
		}
		days = append(days, word+": ["+strings.Join(spans, ", ")+"]")
	}
	return "{" + strings.Join(days, ", ") + "}"
}
