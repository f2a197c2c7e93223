package script

import (
	"fmt"

	"engawa/flows"
)

// taskWords are the words that house.yaml has for the kinds of task.
var taskWords = []struct {
	word string
	kind flows.TaskKind
}{{"一緒に行く", flows.TaskGoAlong}, {"やってみたい", flows.TaskWish}, {"聞いてみる", flows.TaskQuestion}}

func taskWordList() []string {
	words := make([]string, len(taskWords))
	for i, w := range taskWords {
		words[i] = w.word
	}
	return words
}

// readSteps reads the checklists of what people ask for beside their talk.
func (l *loader) readSteps(f *file, fs map[string]entry) {
	e, ok := fs["進めかた"]
	if !ok {
		return
	}
	l.b.House.Steps = map[flows.TaskKind][]string{}
	in := f.fields(e.value, "進めかた", taskWordList()...)
	for _, w := range taskWords {
		if at, ok := in[w.word]; ok {
			for _, it := range f.texts(at.value, w.word) {
				l.b.House.Steps[w.kind] = append(l.b.House.Steps[w.kind], it.text)
			}
		}
	}
}

// levelWords are the words that house.yaml has for how wide an area is.
var levelWords = []string{"近所", "中間", "市区", "広域"}

// readAreas reads 圏域 and 近くを避ける.
func (l *loader) readAreas(f *file, fs map[string]entry) {
	h := &l.b.House
	if e, ok := fs["近くを避ける"]; ok {
		for _, it := range f.texts(e.value, "近くを避ける") {
			h.Apart = append(h.Apart, it.text)
		}
	}
	e, ok := fs["圏域"]
	if !ok {
		return
	}
	for _, one := range f.entries(e.value, "圏域") {
		if a, ok := l.area(f, one); ok {
			h.Areas = append(h.Areas, a)
		}
	}
}

func (l *loader) area(f *file, one entry) (flows.Area, bool) {
	fs := f.fields(one.value, one.key, "広さ", "窓口", "人")
	a := flows.Area{Name: one.key}
	wide, sized := fs["広さ"]
	if !sized {
		f.fault(one.at, "missing", fmt.Sprintf("圏域「%s」に「広さ」がありません。", one.key), "")
		return a, false
	}
	word := f.text(wide.value, "広さ")
	for i, w := range levelWords {
		if w == word {
			a.Level = flows.AreaLevel(i + 1)
		}
	}
	if a.Level == 0 {
		f.unknown(wide.value, "level", word, "広さ", levelWords)
	}
	if e, ok := fs["窓口"]; ok {
		for _, it := range f.texts(e.value, "窓口") {
			if !contains(l.b.House.Teams, it.text) {
				f.unknown(it.at, "team", it.text, "house.yaml の 窓口", l.b.House.Teams)
			}
			a.Teams = append(a.Teams, it.text)
		}
	}
	if e, ok := fs["人"]; ok {
		for _, it := range f.texts(e.value, "人") {
			a.People = append(a.People, it.text)
		}
	}
	f.thin(one, a)
	return a, a.Level != 0
}
