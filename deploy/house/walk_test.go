package house

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// walk is the part of the read-me that somebody follows who knows only a text editor.
type walk struct {
	*testing.T
	text string
	dir  string // where they stand
}

// readWalk takes from flows/content/README.md what stands under 「10分でやってみる」.
func readWalk(t *testing.T) walk {
	t.Helper()
	data, err := os.ReadFile("flows/content/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(data), "## 10分でやってみる\n")
	text, _, ends := strings.Cut(text, "\n## ")
	if !found || !ends {
		t.Fatal("the read-me has no walk of ten minutes")
	}
	return walk{t, text, t.TempDir()}
}

// commands are the lines to be typed, in their order.
func (w walk) commands() (out []string) {
	for i, part := range strings.Split(w.text, "```") {
		body, plain := strings.CutPrefix(part, "\n")
		if i%2 == 1 && plain {
			out = append(out, strings.Split(strings.TrimSpace(body), "\n")...)
		}
	}
	return out
}

// run types a line of the read-me: `go run . …` is the program.
func (w walk) run(line string, more ...string) *exec.Cmd {
	w.Helper()
	args, ok := strings.CutPrefix(line, "go run . ")
	if !ok {
		w.Fatalf("the read-me has %q typed, which is no command of ours", line)
	}
	cmd := exec.Command(engawa(w), append(strings.Fields(args), more...)...)
	cmd.Dir = w.dir
	return cmd
}

// example is the fenced text that stands next behind the name of its file.
func (w walk) example(file string) string {
	w.Helper()
	_, after, named := strings.Cut(w.text, "`"+file+"`")
	_, after, fenced := strings.Cut(after, "```yaml\n")
	body, _, ends := strings.Cut(after, "```")
	if !named || !fenced || !ends {
		w.Fatalf("the read-me shows nothing for %s", file)
	}
	return body
}

func (w walk) save(file, text string) {
	w.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, filepath.FromSlash(file)), []byte(text), 0o644); err != nil {
		w.Fatalf("the read-me's folder is not there: %v", err)
	}
}

// addChoice makes the scene the same as the read-me shows it: the line that is
// marked goes behind the one above it, the scene below goes behind the whole.
func (w walk) addChoice(file string) {
	w.Helper()
	shown := w.example(file)
	scene, added, two := strings.Cut(shown, "\n\n")
	var was []string
	for _, line := range strings.Split(scene, "\n") {
		if !strings.Contains(line, "← 足した行") {
			was = append(was, line)
		}
	}
	data, err := os.ReadFile(filepath.Join(w.dir, filepath.FromSlash(file)))
	if err != nil {
		w.Fatal(err)
	}
	old := strings.Join(was, "\n")
	if !two || len(was) == len(strings.Split(scene, "\n")) || strings.Count(string(data), old) != 1 {
		w.Fatalf("the scene that the read-me shows does not stand in %s as shown", file)
	}
	w.save(file, strings.Replace(string(data), old, scene+"\n\n"+strings.TrimRight(added, "\n"), 1))
}

var (
	walkFile = regexp.MustCompile("`(machi/[a-z/-]+\\.yaml)`")
	walkTap  = regexp.MustCompile("「([^」]+)」(と書きます|を押)")
)

// TestWhoKnowsOnlyATextEditorFollowsTheReadMe does what flows/content/README.md says,
// word for word: the folder, the card, the button, the test, the phone, the check.
func TestWhoKnowsOnlyATextEditorFollowsTheReadMe(t *testing.T) {
	w := readWalk(t)
	typed := w.commands()
	if len(typed) != 3 || strings.Count(w.text, "\n### ") != 3 {
		t.Fatalf("the walk has the commands %q and %d steps; want three of each", typed, strings.Count(w.text, "\n### "))
	}
	if out, err := w.run(typed[0]).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", typed[0], err, out)
	}
	link := w.preview(typed[1])

	var files []string
	for _, m := range walkFile.FindAllStringSubmatch(w.text, -1) {
		files = append(files, m[1])
	}
	if want := []string{"machi/cards/fuku.yaml", "machi/flows/okane.yaml", "machi/tests/fuku.yaml"}; !slices.Equal(files, want) {
		t.Fatalf("the walk goes by %v, want card, choice and test: %v", files, want)
	}
	author := newScreen(t, startBrowser(t), "the author", strings.TrimSuffix(link, "/"), deskDevice)
	author.do(chromedp.Navigate(link))
	author.until("the phone greets", previewPhone+`?.innerText.includes("ここは「縁側」です")`)

	w.save(files[0], w.example(files[0]))
	w.addChoice(files[1])
	w.save(files[2], w.example(files[2]))
	author.until("the file as it was saved", `document.getElementById("faults").hidden`)
	for _, m := range walkTap.FindAllStringSubmatch(w.text, -1) {
		if m[2] == "と書きます" {
			author.write(m[1])
			continue
		}
		author.pressThere(m[1])
	}
	author.until("the new words", previewPhone+`?.innerText.includes("名前を言わずに受けとれます")`)
	author.until("the new card", previewPhone+`?.innerText.includes("服と学用品のゆずり合い")`)
	author.keep("walk-preview")

	out, err := w.run(typed[2]).CombinedOutput()
	last := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || !strings.HasPrefix(last[len(last)-1], "よさそうです") || !strings.Contains(w.text, "さいごに「よさそうです」と出れば") {
		t.Errorf("%s: %v\n%s", typed[2], err, out)
	}
}

const previewPhone = `document.getElementById("phone")?.contentDocument?.getElementById("talk")`

// preview types the line that opens the preview, and gives the link that it prints.
func (w walk) preview(line string) string {
	w.Helper()
	cmd := w.run(line, "--port", "0") // the usual port may be taken on this machine
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if link := strings.TrimSpace(lines.Text()); strings.HasPrefix(link, "http://") {
			return link
		}
	}
	w.Fatalf("%s: no link was printed", line)
	return ""
}
