package script

import (
	"reflect"
	"testing"
	"testing/fstest"
)

func TestAShelfReadsAgainOnlyWhatChangedAndFindsTheSame(t *testing.T) {
	var s Shelf
	files := fstest.MapFS{}
	for name, text := range good() {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, step := range []struct {
		name, file, text string
		reads            int // files read anew
	}{
		{"at first", "", "", len(files)},
		{"nothing changed", "", "", 0},
		{"a slip", "flows/okane.yaml", "流れ：okane\n題: お金\n", 1},
		{"another file", "house.yaml", string(files["house.yaml"].Data) + "# おぼえ\n", 1},
		{"the slip is still there", "", "", 0},
	} {
		if step.file != "" {
			files[step.file] = &fstest.MapFile{Data: []byte(step.text)}
		}
		before := len(s.files)
		got, gotFaults := s.Load(files, Options{})
		want, wantFaults := Load(files, Options{})
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotFaults, wantFaults) {
			t.Errorf("%s: got %v, want what is found without a shelf: %v", step.name, gotFaults, wantFaults)
		}
		if n := len(s.files) - before; n != step.reads {
			t.Errorf("%s: got %d files read, want %d", step.name, n, step.reads)
		}
	}
}
