package house

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
)

// scripts are all moves of the house: path → text.
func scripts(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".lua") {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	})
	if err != nil || len(all) < 30 {
		t.Fatalf("found %d scripts, %v", len(all), err)
	}
	return all
}

func shaOf(script string) string {
	sum := sha1.Sum([]byte(script)) // Redis names scripts so
	return hex.EncodeToString(sum[:])
}

var (
	callOf  = regexp.MustCompile(`redis\.p?call\(\s*'([A-Z ]+)'\s*(?:,\s*([^,)]+))?`)
	locals  = regexp.MustCompile(`local\s+(\w+(?:\s*,\s*\w+)*)\s*=\s*((?:KEYS\[[^\]]+\]\s*,?\s*)+)`)
	wordsIn = regexp.MustCompile(`\w+`)
	keysIn  = regexp.MustCompile(`KEYS\[[^\]]+\]`)
	comment = regexp.MustCompile(`(?m)--.*$`)
)

// TestNoScriptTouchesAKeyThatItDoesNotDeclare reads every move: what stands where a
// command has its key is one of KEYS, or a name that stands for one.
func TestNoScriptTouchesAKeyThatItDoesNotDeclare(t *testing.T) {
	for path, text := range scripts(t) {
		code := comment.ReplaceAllString(text, "")
		calls := callOf.FindAllStringSubmatch(code, -1)
		if len(calls) != strings.Count(code, "redis.call(")+strings.Count(code, "redis.pcall(") {
			t.Errorf("%s: a call that this test cannot read", path)
		}
		for _, c := range calls {
			command, key := c[1], strings.TrimSpace(c[2])
			if command == "PUBLISH" || command == "TIME" || declared(code, key, 3) {
				continue
			}
			t.Errorf("%s: %s touches %q, which is none of KEYS", path, command, key)
		}
	}
}

// declared says whether an expression is one of KEYS: itself, by a local name, or as
// what every caller of a local function hands in.
func declared(code, key string, deep int) bool {
	if strings.HasPrefix(key, "KEYS[") {
		return true
	}
	name := regexp.QuoteMeta(key)
	if deep == 0 || !regexp.MustCompile(`^\w+$`).MatchString(key) {
		return false
	}
	for _, set := range locals.FindAllStringSubmatch(code, -1) {
		names, values := wordsIn.FindAllString(set[1], -1), keysIn.FindAllString(set[2], -1)
		if i := slices.Index(names, key); i >= 0 && i < len(values) {
			return true
		}
	}
	if loop := regexp.MustCompile(`for\s+\w+\s*,\s*` + name + `\s+in\s+ipairs\((\w+)\)`).FindStringSubmatch(code); loop != nil {
		return loop[1] == "KEYS"
	}
	for _, f := range regexp.MustCompile(`function\s+(\w+)\(([^)]*)\)`).FindAllStringSubmatch(code, -1) {
		for place, param := range strings.Split(f[2], ",") {
			if strings.TrimSpace(param) == key {
				return handedIn(code, f[1], place, deep)
			}
		}
	}
	return false
}

func handedIn(code, function string, place, deep int) bool {
	calls := regexp.MustCompile(`(function\s+)?\b`+function+`\(([^()]*(?:\([^()]*\)[^()]*)*)\)`).FindAllStringSubmatch(code, -1)
	used := false
	for _, c := range calls {
		if c[1] != "" {
			continue
		}
		args := strings.Split(c[2], ",")
		if place >= len(args) || !declared(code, strings.TrimSpace(args[place]), deep-1) {
			return false
		}
		used = true
	}
	return used
}

// unknownScripts are the moves that no master of the store has been given so far.
func (tw *town) unknownScripts() (missing []string) {
	tw.Helper()
	cluster := tw.store.Client().(*redis.ClusterClient)
	for path, text := range scripts(tw) {
		var known atomic.Bool
		err := cluster.ForEachMaster(tw.Context(), func(ctx context.Context, c *redis.Client) error {
			there, err := c.ScriptExists(ctx, shaOf(text)).Result()
			if err == nil && there[0] {
				known.Store(true)
			}
			return err
		})
		if err != nil {
			tw.Fatal(err)
		}
		if !known.Load() {
			missing = append(missing, path)
		}
	}
	slices.Sort(missing)
	return missing
}

// tryAlone runs the moves that a story had no use for on keys that are not there, all
// in one slot: a key of another one would be refused.
func (tw *town) tryAlone(paths []string) {
	tw.Helper()
	all := scripts(tw)
	for _, path := range paths {
		text := all[path]
		keys := make([]string, highest(text, "KEYS"))
		for i := range keys {
			keys[i] = fmt.Sprintf("{alone}:%s:%d", path, i)
		}
		args := make([]any, highest(text, "ARGV"))
		for i := range args {
			args[i] = 1
		}
		err := tw.store.Client().Eval(tw.Context(), text, keys, args...).Err()
		if err != nil && !errors.Is(err, redis.Nil) {
			tw.Errorf("%s: %v", path, err)
		}
	}
}

// highest is the largest number with which a script asks for one of a list.
func highest(script, list string) (n int) {
	for _, m := range regexp.MustCompile(list+`\[(\d+)\]`).FindAllStringSubmatch(script, -1) {
		i, _ := strconv.Atoi(m[1])
		n = max(n, i)
	}
	return n
}
