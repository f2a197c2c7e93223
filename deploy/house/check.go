package house

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"engawa/config"
	"engawa/flows"
	"engawa/flows/catalogue"
	"engawa/flows/prove"
	"engawa/flows/release"
	"engawa/flows/script"
	"engawa/flows/understand"
)

type checkCmd struct {
	contentFlags
	Config bool   `help:"設定（環境変数）も調べる / check the settings in the environment too"`
	Quiet  bool   `help:"気づいたことは出さない / faults only, no warnings" short:"q"`
	JSON   bool   `help:"道具のために JSON で書く / write JSON, for tools"`
	Fix    bool   `help:"打ちまちがいのうち、意味がひとつしかないものを直して書きもどす / repair what can only mean one thing"`
	Diff   string `help:"前のことばのフォルダとくらべ、場面ごとに、いまいる人がどうなるかを言う / what becomes of every scene of this earlier folder" type:"existingdir" optional:""`
	Schema string `help:"編集ソフトのための JSON Schema を、このフォルダに書いて終わる / write the JSON Schemas for editors into this folder, and end" optional:""`
	Map    string `help:"流れの地図（SVG）をこのファイルに書く / draw the flow map (SVG) into this file"`
}

// checked is everything that check found.
type checked struct {
	Content    string          `json:"content"` // hash of the bundle, "" when it cannot be read
	Faults     script.Faults   `json:"faults"`  // of the files, and of the talks in tests/
	Findings   []prove.Finding `json:"findings"`
	Report     prove.Report    `json:"report"`
	Unverified []string        `json:"unverified"` // cards that no resident sees until a person has verified them
	Drafts     bool            `json:"drafts"`     // some sentence is 下書き
	Seconds    float64         `json:"seconds"`    // that reading, playing and proving took
	OK         bool            `json:"ok"`
	Fates      []release.Fate  `json:"fates,omitempty"` // with --diff: what becomes of every scene of the earlier folder
}

// Run reads, plays and proves the content and tells everything at once.
func (c checkCmd) Run(ctx context.Context) error {
	if c.Schema != "" {
		return c.schemas(os.Stdout)
	}
	if c.Fix {
		if err := c.repair(os.Stdout); err != nil {
			return err
		}
	}
	out, b := c.look(ctx)
	if c.Map != "" && b != nil {
		//#nosec G306 -- a map that everybody may read
		if err := os.WriteFile(c.Map, prove.Map(b, out.Findings), 0o644); err != nil {
			return fmt.Errorf("地図を書けませんでした / cannot write the map: %w", err)
		}
	}
	var untold error
	if c.Diff != "" && b != nil {
		out.Fates, untold = c.difference(ctx, b)
	}
	if err := errors.Join(c.say(out, b), untold); err != nil {
		return err
	}
	good := out.OK
	if c.Config {
		good = tellSettings() && good
	}
	if !good {
		return errSaid
	}
	return nil
}

// say tells what was found, to people or to tools.
func (c checkCmd) say(out checked, b *flows.Bundle) error {
	if c.JSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(out)
	}
	c.tell(out, b)
	if len(out.Fates) == 0 {
		return nil
	}
	return release.Tell(os.Stdout, out.Fates)
}

// schemas writes what editors want to know of the files, and tells how to join the two.
func (c checkCmd) schemas(w io.Writer) error {
	if err := writeSchemas(c.Schema); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s に書きました。VS Code なら、ことばのフォルダの .vscode/settings.json をこうします / written; for VS Code:\n%s",
		c.Schema, script.EditorSettings(filepath.ToSlash(c.Schema)))
	return err
}

// repair writes back the files in which something safe was put right, and tells
// every line that it changed.
func (c checkCmd) repair(w io.Writer) error {
	if c.Content == "" {
		return errors.New("--fix: 組み込みのことばは直せません。--content でフォルダを選んでください / choose a folder with --content")
	}
	for _, r := range script.Fix(c.fs(), script.Options{AcceptDrafts: true}) {
		name := filepath.Join(c.Content, filepath.FromSlash(r.File))
		if err := overwrite(name, r.Data); err != nil {
			return fmt.Errorf("--fix: %s を書けませんでした / cannot write: %w", r.File, err)
		}
		for _, f := range r.Done {
			if _, err := fmt.Fprintf(w, "直しました / repaired: %s\n", f); err != nil {
				return err
			}
		}
	}
	return nil
}

// overwrite replaces a file in one go: it is the old one or the new one, never half.
func overwrite(name string, data []byte) error {
	was, err := os.Stat(name)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".engawa-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err = tmp.Write(data); err == nil {
		err = tmp.Chmod(was.Mode().Perm())
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

func (c checkCmd) look(ctx context.Context) (checked, *flows.Bundle) {
	return lookAt(ctx, c.fs())
}

// lookAt reads, plays and proves a folder.
func lookAt(ctx context.Context, folder fs.FS) (checked, *flows.Bundle) {
	began := time.Now()
	b, faults := script.Load(folder, script.Options{AcceptDrafts: true, Now: time.Now()})
	out := checked{Faults: faults, Findings: []prove.Finding{}, Unverified: []string{}}
	if b == nil {
		return out, nil
	}
	out.Content, out.Drafts = b.Hash, b.Drafts
	reader := understand.New(b)
	talks, more := script.Talks(folder)
	out.Faults = append(out.Faults, more...)
	for i := range talks {
		out.Faults = append(out.Faults, talks[i].Play(b, func(text string, lang flows.Lang, offered []string) flows.Reading {
			return reader.Read(text, understand.Here{Lang: lang, Offered: offered})
		})...)
	}
	out.Findings, out.Report = prove.Check(ctx, b, prove.Options{Banned: b.House.Banned})
	for _, r := range catalogue.Unready(b, time.Now()) {
		out.Unverified = append(out.Unverified, fmt.Sprintf("%s（%s）", r.Title, r.ID))
	}
	out.Faults = append(out.Faults, unwritable(b)...)
	out.Seconds = time.Since(began).Seconds()
	out.OK = out.Faults.Err() == nil && len(prove.Errors(out.Findings)) == 0
	return out, b
}

// proven plays and proves a folder ; it gives what has to be put right.
func proven(ctx context.Context, folder fs.FS) (why []string) {
	out, _ := lookAt(ctx, folder)
	for _, f := range out.Faults {
		if !f.Warn {
			why = append(why, f.String())
		}
	}
	for _, f := range prove.Errors(out.Findings) {
		why = append(why, f.String())
	}
	if ctx.Err() != nil {
		why = append(why, "とちゅうで止まりました。")
	}
	return why
}

// difference is what becomes of the scenes of an earlier folder. Where a store is set,
// it also says how many people stand in each.
func (c checkCmd) difference(ctx context.Context, b *flows.Bundle) ([]release.Fate, error) {
	old, faults := script.Load(os.DirFS(c.Diff), script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("--diff: 前のことばを読めませんでした / cannot read the earlier folder:\n%w", err)
	}
	var heads map[flows.SceneKey]int
	if os.Getenv("REDIS_URL")+os.Getenv("REDIS_URL_FILE") != "" {
		cfg, err := settings()
		if err != nil {
			return nil, err
		}
		s, err := openStores(cfg)
		if err != nil {
			return nil, err
		}
		defer s.close()
		if heads, err = headsOf(cfg, s)(ctx); err != nil {
			return nil, fmt.Errorf("--diff: 人数を数えられませんでした / cannot count the people: %w", err)
		}
	}
	return release.Fates(old, b, heads), nil
}

func (c checkCmd) tell(out checked, b *flows.Bundle) {
	for _, f := range out.Faults {
		if !f.Warn || !c.Quiet {
			fmt.Println(f)
		}
	}
	for _, f := range out.Findings {
		if f.Severity == prove.Error || !c.Quiet {
			fmt.Println(f)
		}
	}
	if b != nil {
		fmt.Printf("ことば / content: %s  流れ %d  場面 %d  カード %d  調べた一歩 %d  かかった時間 %.1f秒\n", b.Hash, len(b.Flows), len(b.Scenes), len(b.Cards), out.Report.Steps, out.Seconds)
	}
	if n := len(out.Unverified); n > 0 && !c.Quiet {
		fmt.Printf("まだ人が確かめていないので、住む人には出ないカードが %d 枚あります / cards that nobody has verified yet:\n", n)
		for _, u := range out.Unverified {
			fmt.Println(" -", u)
		}
	}
	if out.Drafts && !c.Quiet {
		fmt.Println("下書きの文があります。人が確かめるまで serve は出しません（ENGAWA_ACCEPT_DRAFTS） / some sentences are drafts: serve refuses them unless told otherwise")
	}
	if out.OK {
		fmt.Println("よさそうです / all is well")
		return
	}
	fmt.Println("直すところがあります / there is something to put right")
}

// tellSettings shows the settings as they are in force, or everything wrong with them.
func tellSettings() bool {
	cfg, err := config.Load(os.Environ())
	for _, f := range config.Faults(err) {
		fmt.Println(f)
	}
	for _, l := range cfg.Effective {
		fmt.Printf("%-26s %s\n", l.Name, l.Value)
	}
	for _, w := range cfg.Warnings {
		fmt.Println(w)
	}
	return err == nil
}
