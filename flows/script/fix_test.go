package script

import (
	"strings"
	"testing"
	"testing/fstest"
)

func filesOf(texts map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range texts {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestFixPutsRightWhatIsSafeAndLeavesTheRestToItsAuthor(t *testing.T) {
	repaired := 0
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			files := good()
			files[m.file] = strings.Replace(files[m.file], m.was+"\n", m.is+"\n", 1)
			got := Fix(filesOf(files), Options{AcceptDrafts: true})
			if !safe[m.code] || m.should == "-" {
				if len(got) != 0 {
					t.Fatalf("got %v put right, want it left to its author", got[0].Done)
				}
				return
			}
			repaired++
			if len(got) != 1 || got[0].File != m.file || len(got[0].Done) == 0 || got[0].Done[0].Code != m.code {
				t.Fatalf("got %+v, want %s put right in %s", got, m.code, m.file)
			}
			files[m.file] = string(got[0].Data)
			if ok, faults := load(t, files); !ok {
				t.Errorf("the repaired folder is refused: %v", serious(faults))
			}
			if m.should == "" && files[m.file] != good()[m.file] {
				t.Errorf("got a file that is not the one before the slip:\n%s", files[m.file])
			}
		})
	}
	if repaired < 35 {
		t.Errorf("%d kinds of slips were put right, want at least 35", repaired)
	}
}

func TestFixTakesSeveralFaultsOfOneFile(t *testing.T) {
	files := good()
	files[flowFile] = "\uFEFF" + strings.NewReplacer("題: お金のこと", "題：お金のこと　", "見直し日: 2027-03-31", "見直し日: ２０２７年３月３１日",
		"    つぎ: おわり", "　　つぎ：おわり").Replace(files[flowFile])
	got := Fix(filesOf(files), Options{AcceptDrafts: true})
	if len(got) != 1 || string(got[0].Data) != good()[flowFile] {
		t.Fatalf("got %+v, want the file as it was before the slips", got)
	}
	if len(got[0].Done) < 4 {
		t.Errorf("got %d repairs told, want each: %v", len(got[0].Done), got[0].Done)
	}
}

func TestFixLeavesALineOnWhichOnlyItsAuthorKnowsTheRest(t *testing.T) {
	files := good()
	files[flowFile] = strings.Replace(files[flowFile], "題: お金のこと", "題： \"お金のこと", 1)
	if got := Fix(filesOf(files), Options{AcceptDrafts: true}); len(got) != 0 {
		t.Errorf("got %v, want nothing touched", got[0].Done)
	}
}

func TestSixtyKindsOfSlipsAreInTheTable(t *testing.T) {
	if len(mistakes) < 60 {
		t.Errorf("got %d slips, want at least 60", len(mistakes))
	}
}
