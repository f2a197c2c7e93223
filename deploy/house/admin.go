package house

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"engawa/config"
	"engawa/config/privacy"
	"engawa/handoff"
	"engawa/handoff/staff"
)

type keygenCmd struct{}

// Run prints a new master key.
func (keygenCmd) Run() error {
	fmt.Println(privacy.NewMasterKey())
	fmt.Fprintln(os.Stderr, "親鍵です。ENGAWA_MASTER_KEY に入れ、金庫にも一つしまってください。なくすと、だれにも読めなくなります。\n"+
		"This is the master key. Put it into ENGAWA_MASTER_KEY and one copy into a safe: without it nobody can read anything again.")
	return nil
}

type coordinatorCmd struct {
	Add     coordinatorAdd     `cmd:"" help:"作る / add"`
	List    coordinatorList    `cmd:"" help:"一覧 / list"`
	Disable coordinatorDisable `cmd:"" help:"止める（サインインもすぐ切れる） / disable, signed out at once"`
	Teams   coordinatorTeams   `cmd:"" help:"窓口と圏域を決める / which teams and areas they belong to"`
	Reset   coordinatorReset   `cmd:"" help:"パスワードを作りなおす / make a new password"`
	Unlock  coordinatorUnlock  `cmd:"" help:"電話の番号を外す / take the second factor away"`
}

type coordinatorAdd struct {
	Name  string   `arg:"" help:"サインインの名前（半角の小文字） / name to sign in with"`
	Alias string   `required:"" help:"住む人に見せる名前（すずらん など） / what residents see"`
	Role  []string `default:"coordinator" help:"役割: coordinator supervisor facilitator administrator auditor area_lead / roles"`
}

// Run makes the account and prints its password once.
func (c coordinatorAdd) Run(ctx context.Context) error {
	return withStaff(ctx, func(s *staff.Store) error {
		a := staff.Account{Name: c.Name, Alias: c.Alias}
		for _, r := range c.Role {
			a.Roles = append(a.Roles, staff.Role(r))
		}
		password, err := s.Add(ctx, a, "")
		if err != nil {
			return err
		}
		printPassword(c.Name, password)
		return nil
	})
}

type coordinatorList struct{}

// Run lists the accounts.
func (coordinatorList) Run(ctx context.Context) error {
	return withStaff(ctx, func(s *staff.Store) error {
		all, err := s.List(ctx)
		if err != nil {
			return err
		}
		for _, a := range all {
			roles := make([]string, len(a.Roles))
			for i, r := range a.Roles {
				roles[i] = string(r)
			}
			state := ""
			if a.Disabled {
				state = "止めてあります / disabled"
			}
			fmt.Printf("%-16s %-12s %s %s\n", a.Name, a.Alias, strings.Join(roles, ","), state)
		}
		return nil
	})
}

type coordinatorDisable struct {
	Name string `arg:"" help:"名前 / name"`
}

// Run locks the account.
func (c coordinatorDisable) Run(ctx context.Context) error {
	return withHouse(ctx, func(h *house) error {
		n, err := h.dismiss(ctx, c.Name)
		if err == nil {
			fmt.Printf("%s を止めました。受け持っていた話 %d 件は、列に戻りました / disabled; %d talks went back to the line\n", c.Name, n, n)
		}
		return err
	})
}

// dismiss locks an account and gives back what it has. The order matters: who is
// locked can take nothing more.
func (h *house) dismiss(ctx context.Context, name string) (int, error) {
	a, err := h.staff.Find(ctx, name)
	if err != nil {
		return 0, err
	}
	if err := h.staff.Disable(ctx, name); err != nil {
		return 0, err
	}
	return h.desk.ReturnAll(ctx, handoff.Staff{Name: a.Name, Alias: a.Alias})
}

// secondFactor says who needs a code after the password, and how its key is kept.
func (h *house) secondFactor() staff.Second {
	second := staff.Second{Vault: h.vault, House: h.bundle().House.Name}
	for _, r := range h.cfg.SecondFactor {
		second.Required = append(second.Required, staff.Role(r))
	}
	return second
}

// most is how many cases an account takes at a time; 0 = as the house has it.
func (h *house) most(ctx context.Context, name string) (int, error) {
	a, err := h.staff.Find(ctx, name)
	if errors.Is(err, staff.ErrUnknown) {
		return 0, nil
	}
	return a.Most, err
}

type coordinatorReset struct {
	Name string `arg:"" help:"名前 / name"`
}

// Run makes a new password and prints it once.
func (c coordinatorReset) Run(ctx context.Context) error {
	return withStaff(ctx, func(s *staff.Store) error {
		password, err := s.Reset(ctx, c.Name, "")
		if err != nil {
			return err
		}
		printPassword(c.Name, password)
		return nil
	})
}

type coordinatorUnlock struct {
	Name string `arg:"" help:"名前 / name"`
}

// Run takes the second factor away: telephone and paper are lost, and nobody else can.
func (c coordinatorUnlock) Run(ctx context.Context) error {
	return withStaff(ctx, func(s *staff.Store) error {
		err := s.ResetSecond(ctx, c.Name)
		if err == nil {
			fmt.Printf("%s の電話の番号を外しました。次はパスワードだけで入ります / second factor taken away\n", c.Name)
		}
		return err
	})
}

func printPassword(name, password string) {
	fmt.Printf("%s のはじめのパスワード（一度だけ表示します） / first password, shown once:\n%s\n", name, password)
}

// withStaff opens the main store only: accounts need no keys and no LINE.
func withStaff(ctx context.Context, do func(*staff.Store) error) error {
	cfg, err := settings()
	if err != nil {
		return err
	}
	rdb, err := config.OpenRedis(cfg.RedisURL.Reveal())
	if err != nil {
		return err
	}
	defer func() { _ = rdb.Close() }()
	if err := rdb.Ping(ctx).Err(); err != nil {
		return errors.New("データの置き場所（REDIS_URL）に届きません / the store does not answer")
	}
	return do(staff.New(rdb, nil))
}

// settings reads the environment; all faults are told at once.
func settings() (config.Config, error) {
	cfg, err := config.Load(os.Environ())
	if err == nil {
		return cfg, nil
	}
	fmt.Fprintln(os.Stderr, "設定に直すところがあります / the settings have faults:")
	for _, f := range config.Faults(err) {
		fmt.Fprintln(os.Stderr, " -", f)
	}
	return cfg, errSaid
}
