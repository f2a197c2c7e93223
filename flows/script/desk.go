package script

import "engawa/flows"

// taskWords are the words that house.yaml has for the kinds of task.
var taskWords = []struct {
	word string
	kind flows.TaskKind
}{{"一緒に行く", flows.TaskGoAlong}, {"やってみたい", flows.TaskWish}, {"聞いてみる", flows.TaskQuestion}}

// readSteps reads the checklists of what people ask for beside their talk.
func (l *loader) readSteps(f *file, fs map[string]entry) {
	e, ok := fs["進めかた"]
	if !ok {
		return
	}
	l.b.House.Steps = map[flows.TaskKind][]string{}
	words := make([]string, len(taskWords))
	for i, w := range taskWords {
		words[i] = w.word
	}
	in := f.fields(e.value, "進めかた", words...)
	for _, w := range taskWords {
		if at, ok := in[w.word]; ok {
			for _, it := range f.texts(at.value, w.word) {
				l.b.House.Steps[w.kind] = append(l.b.House.Steps[w.kind], it.text)
			}
		}
	}
}
