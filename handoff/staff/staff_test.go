package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"engawa/config/clocktest"
	"engawa/config/redistest"
)

const good = "たんぽぽのわたげ2026"

var suzuran = Account{Name: "sato", Alias: "すずらん", Roles: []Role{Coordinator, Supervisor}}

type office struct {
	t     *testing.T
	rdb   redis.UniversalClient
	store *Store
	clock *clocktest.Clock
}

// newOffice is a store in which すずらん works.
func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, rdb: redistest.Client(t), clock: clocktest.At(time.Now())}
	o.store = New(o.rdb, o.clock.Now)
	if _, err := o.store.Add(t.Context(), suzuran, good); err != nil {
		t.Fatalf("add: %v", err)
	}
	return o
}

func (o *office) login() string {
	o.t.Helper()
	token, _, err := o.store.Login(o.t.Context(), "sato", good, "192.0.2.1")
	if err != nil {
		o.t.Fatalf("login: %v", err)
	}
	return token
}

func (o *office) signedIn(token string, want bool) {
	o.t.Helper()
	_, err := o.store.Session(o.t.Context(), token)
	if want && err != nil || !want && !errors.Is(err, ErrSession) {
		o.t.Errorf("session: %v, want signed in %v", err, want)
	}
}

func TestSigningInGivesASessionWithAliasAndRoles(t *testing.T) {
	o := newOffice(t)
	token := o.login()
	s, err := o.store.Session(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "sato" || s.Alias != "すずらん" || !s.Is(Supervisor) || s.Is(Auditor) || s.OneTime {
		t.Errorf("session = %+v", s)
	}
	if len(token) < 43 {
		t.Errorf("token of %d characters, want 256 bits", len(token))
	}
	if err := o.store.Logout(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	o.signedIn(token, false)
	if err := o.store.Logout(t.Context(), token); err != nil {
		t.Errorf("leaving twice: %v", err)
	}
}

func TestWhoReadsTheStoreCannotSignIn(t *testing.T) {
	o := newOffice(t)
	token := o.login()
	ctx := t.Context()
	for _, key := range o.rdb.Keys(ctx, "*").Val() {
		all := key + fmt.Sprint(o.rdb.HGetAll(ctx, key).Val(), o.rdb.ZRange(ctx, key, 0, -1).Val(), o.rdb.SMembers(ctx, key).Val())
		for _, secret := range []string{token, good, "192.0.2.1"} {
			if strings.Contains(all, secret) {
				t.Errorf("%s holds a secret in clear", key)
			}
		}
	}
	if hash := o.rdb.HGet(ctx, accountKey("sato"), "hash").Val(); !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the password is kept as %.40s", hash)
	}
}

func TestAWrongPasswordAndAnUnknownNameAreDeniedAlike(t *testing.T) {
	o := newOffice(t)
	for _, try := range [][2]string{
		{"sato", "wrong wrong wrong"}, {"nobody", good}, {"sato", ""}, {"", good}, {"sato|x\n", good},
		{"sato", strings.Repeat("a", 100_000)},
	} {
		_, _, err := o.store.Login(t.Context(), try[0], try[1], "192.0.2.1")
		if !errors.Is(err, ErrDenied) {
			t.Errorf("login as %q: %v, want ErrDenied", try[0], err)
		}
	}
	ok, err := o.store.hasher.fits(t.Context(), "no password fits this hash, ever", "")
	if ok || err != nil {
		t.Errorf("comparing with nobody: %v, %v; it must take as long and say no", ok, err)
	}
}

func TestFullWidthTypingIsTheSamePassword(t *testing.T) {
	o := newOffice(t)
	if _, _, err := o.store.Login(t.Context(), "SATO", "たんぽぽのわたげ２０２６", ""); err != nil {
		t.Errorf("login: %v", err)
	}
}

func TestGuessingIsSlowedDownByAccountAndByAddress(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	guess := func(name, addr string) error {
		return o.store.limit(ctx, name, addr)
	}
	var limited *LimitedError
	for i := range accountMost {
		if err := guess("sato", fmt.Sprintf("192.0.2.%d", i)); err != nil {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	if err := guess("sato", "192.0.2.99"); !errors.As(err, &limited) || limited.After > accountEvery {
		t.Errorf("one guess too many at an account: %v", err)
	}
	o.clock.Pass(accountEvery)
	if err := guess("sato", "192.0.2.99"); err != nil {
		t.Errorf("after a pause: %v", err)
	}
	for i := range addressMost {
		if err := guess(fmt.Sprintf("name%d", i), "198.51.100.7"); err != nil {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	if err := guess("another", "198.51.100.7"); !errors.As(err, &limited) {
		t.Errorf("one guess too many from an address: %v", err)
	}
	_, _, err := o.store.Login(ctx, "sato", good, "198.51.100.7")
	if !errors.As(err, &limited) {
		t.Errorf("a right password from that address: %v, want limited", err)
	}
}

func TestARightPasswordForgivesTypingErrors(t *testing.T) {
	o := newOffice(t)
	for range 3 {
		for range accountMost - 1 {
			if err := o.store.limit(t.Context(), "sato", ""); err != nil {
				t.Fatal(err)
			}
		}
		o.login()
	}
}

func TestASessionEndsWhenIdleAndAtTheLatestAfterAShift(t *testing.T) {
	o := newOffice(t)
	token := o.login()
	o.clock.Pass(Idle - time.Minute)
	o.signedIn(token, true)
	o.clock.Pass(Longest - Idle)
	o.signedIn(token, true)
	o.clock.Pass(time.Minute)
	o.signedIn(token, false)

	idle := o.login()
	o.clock.Pass(Idle)
	o.signedIn(idle, false)
	o.signedIn("", false)
	o.signedIn("no such token", false)
}

func TestLockingAnAccountEndsItsSessionsAtOnce(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	one, two := o.login(), o.login()
	if err := o.store.Disable(ctx, "sato"); err != nil {
		t.Fatal(err)
	}
	o.signedIn(one, false)
	o.signedIn(two, false)
	if _, _, err := o.store.Login(ctx, "sato", good, ""); !errors.Is(err, ErrDenied) {
		t.Errorf("login to a locked account: %v, want ErrDenied", err)
	}
	fresh, err := o.store.Reset(ctx, "sato", "")
	if err != nil {
		t.Fatal(err)
	}
	o.signedIn(one, false)
	_, s, err := o.store.Login(ctx, "sato", fresh, "")
	if err != nil || !s.OneTime {
		t.Errorf("login with the printed password: %v, one-time %v", err, s.OneTime)
	}
	for name, err := range map[string]error{
		"disable": o.store.Disable(ctx, "nobody"),
		"reset":   func() error { _, err := o.store.Reset(ctx, "nobody", ""); return err }(),
	} {
		if !errors.Is(err, ErrUnknown) {
			t.Errorf("%s nobody: %v, want ErrUnknown", name, err)
		}
	}
}

func TestALockDuringSigningInWins(t *testing.T) {
	o := newOffice(t)
	r, _, err := o.store.record(t.Context(), "sato")
	if err != nil {
		t.Fatal(err)
	}
	if err := o.store.Disable(t.Context(), "sato"); err != nil { // while the password was being compared
		t.Fatal(err)
	}
	if _, _, err := o.store.begin(t.Context(), r); !errors.Is(err, ErrDenied) {
		t.Errorf("begin: %v, want ErrDenied", err)
	}
}

func TestChoosingANewPasswordKeepsThisSessionAndEndsTheOthers(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	here, elsewhere := o.login(), o.login()
	if err := o.store.Change(ctx, here, "not the old one", "ひなたぼっこのえんがわ"); !errors.Is(err, ErrDenied) {
		t.Errorf("change with a wrong old password: %v, want ErrDenied", err)
	}
	if err := o.store.Change(ctx, here, good, "short"); !errors.Is(err, ErrPassword) {
		t.Errorf("change to a short one: %v, want ErrPassword", err)
	}
	if err := o.store.Change(ctx, here, good, "ひなたぼっこのえんがわで"); err != nil {
		t.Fatal(err)
	}
	o.signedIn(here, true)
	o.signedIn(elsewhere, false)
	if _, _, err := o.store.Login(ctx, "sato", "ひなたぼっこのえんがわで", ""); err != nil {
		t.Errorf("login with the new one: %v", err)
	}
}

func TestThePrintedPasswordIsReplacedOnceByWhoeverCameInWithIt(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	printed, err := o.store.Add(ctx, Account{Name: "tanaka", Alias: "ききょう", Roles: []Role{Coordinator}}, "")
	if err != nil {
		t.Fatal(err)
	}
	enter := func() string {
		token, s, err := o.store.Login(ctx, "tanaka", printed, "")
		if err != nil || !s.OneTime {
			t.Fatalf("login with the printed password: %v, one-time %v", err, s.OneTime)
		}
		return token
	}
	here, elsewhere := enter(), enter()
	if err := o.store.Choose(ctx, here, printed); !errors.Is(err, ErrSame) {
		t.Errorf("choosing the printed one: %v, want ErrSame", err)
	}
	if err := o.store.Choose(ctx, here, "short"); !errors.Is(err, ErrPassword) {
		t.Errorf("choosing a short one: %v, want ErrPassword", err)
	}
	if err := o.store.Choose(ctx, "no such token", good); !errors.Is(err, ErrSession) {
		t.Errorf("choosing without a session: %v, want ErrSession", err)
	}
	if err := o.store.Choose(ctx, here, good); err != nil {
		t.Fatal(err)
	}
	if s, err := o.store.Session(ctx, here); err != nil || s.OneTime {
		t.Errorf("the session goes on: %v, one-time %v", err, s.OneTime)
	}
	o.signedIn(elsewhere, false)
	if err := o.store.Choose(ctx, here, good+"2"); !errors.Is(err, ErrChosen) {
		t.Errorf("choosing twice: %v, want ErrChosen", err)
	}
	if _, _, err := o.store.Login(ctx, "tanaka", printed, ""); !errors.Is(err, ErrDenied) {
		t.Errorf("login with the printed one afterwards: %v, want ErrDenied", err)
	}
	var limited *LimitedError
	if _, err := o.store.Reset(ctx, "tanaka", ""); err != nil {
		t.Fatal(err)
	}
	again, _, err := o.store.Enter(ctx, "tanaka")
	for range accountMost + 1 {
		if err == nil || errors.Is(err, ErrPassword) {
			err = o.store.Choose(ctx, again, "short")
		}
	}
	if !errors.As(err, &limited) {
		t.Errorf("many attempts: %v, want limited", err)
	}
}

func TestSessionsAreListedAndRevoked(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	one := o.login()
	o.clock.Pass(time.Hour)
	two := o.login()
	list, err := o.store.Sessions(ctx, "sato")
	if err != nil || len(list) != 2 || !list[0].Began.After(list[1].Began) {
		t.Fatalf("sessions = %v, err %v, want two, newest first", list, err)
	}
	if err := o.store.Revoke(ctx, "sato", list[1].ID); err != nil {
		t.Fatal(err)
	}
	o.signedIn(one, false)
	o.signedIn(two, true)
	for _, id := range []string{list[1].ID, "", "0"} {
		if err := o.store.Revoke(ctx, "sato", id); !errors.Is(err, ErrUnknown) {
			t.Errorf("revoke %q: %v, want ErrUnknown", id, err)
		}
	}
}

func TestNamesAndAliasesAreTakenOnce(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	roles := []Role{Coordinator}
	for name, tc := range map[string]struct {
		a    Account
		want error
	}{
		"same name":      {Account{Name: "sato", Alias: "ききょう", Roles: roles}, ErrExists},
		"same alias":     {Account{Name: "tanaka", Alias: "すずらん", Roles: roles}, ErrExists},
		"capital":        {Account{Name: "Tanaka", Alias: "ききょう", Roles: roles}, ErrName},
		"bar":            {Account{Name: "ta|naka", Alias: "ききょう", Roles: roles}, ErrName},
		"no alias":       {Account{Name: "tanaka", Roles: roles}, ErrAlias},
		"long alias":     {Account{Name: "tanaka", Alias: strings.Repeat("き", 13), Roles: roles}, ErrAlias},
		"line in alias":  {Account{Name: "tanaka", Alias: "き\nきょう", Roles: roles}, ErrAlias},
		"no role":        {Account{Name: "tanaka", Alias: "ききょう"}, ErrRole},
		"made-up role":   {Account{Name: "tanaka", Alias: "ききょう", Roles: []Role{"king"}}, ErrRole},
		"short password": {Account{Name: "tanaka", Alias: "ききょう", Roles: roles}, ErrPassword},
	} {
		password := good
		if tc.want == ErrPassword {
			password = "mijikai"
		}
		if _, err := o.store.Add(ctx, tc.a, password); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	password, err := o.store.Add(ctx, Account{Name: "tanaka", Alias: "ききょう", Roles: roles}, "")
	if err != nil || len(password) != 23 {
		t.Errorf("a made-up password of %d characters, err %v", len(password), err)
	}
	all, err := o.store.List(ctx)
	if err != nil || len(all) != 2 || all[0].Name != "sato" || !all[1].OneTime {
		t.Errorf("list = %+v, err %v", all, err)
	}
}

func TestManySignInsAtOnceTakeABoundedAmountOfMemory(t *testing.T) {
	o := newOffice(t)
	ctx, cancel := context.WithCancel(t.Context())
	for range atOnce {
		leave, err := o.store.hasher.seat(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
	}
	cancel()
	if _, err := o.store.hasher.fits(ctx, good, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("a guess beyond the seats: %v, want to wait until it is called off", err)
	}
}

func TestTheDemoEntersWithoutAPassword(t *testing.T) {
	o := newOffice(t)
	token, s, err := o.store.Enter(t.Context(), "sato")
	if err != nil || s.Alias != "すずらん" {
		t.Fatalf("enter: %v", err)
	}
	o.signedIn(token, true)
	if _, _, err := o.store.Enter(t.Context(), "nobody"); !errors.Is(err, ErrUnknown) {
		t.Errorf("enter as nobody: %v, want ErrUnknown", err)
	}
}

func TestTheDemosStoreDoesTheSame(t *testing.T) {
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	o := &office{t: t, rdb: rdb, clock: clocktest.At(time.Now())}
	o.store = New(rdb, o.clock.Now)
	if _, err := o.store.Add(t.Context(), suzuran, good); err != nil {
		t.Fatal(err)
	}
	token := o.login()
	o.clock.Pass(2 * touchEvery)
	o.signedIn(token, true)
	for range accountMost {
		_ = o.store.limit(t.Context(), "sato", "192.0.2.1")
	}
	var limited *LimitedError
	if err := o.store.limit(t.Context(), "sato", "192.0.2.1"); !errors.As(err, &limited) {
		t.Errorf("one guess too many: %v", err)
	}
	if _, err := o.store.Reset(t.Context(), "sato", ""); err != nil {
		t.Fatal(err)
	}
	o.signedIn(token, false)
}
