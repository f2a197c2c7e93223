package house

import (
	"testing"

	"engawa/config"
	"engawa/config/privacy"
	"engawa/handoff/staff"
)

func TestEveryRoleCanBeRequiredToHaveASecondFactor(t *testing.T) {
	cfg, err := config.Load([]string{
		"LINE_CHANNEL_SECRET=" + townSecret, "LINE_CHANNEL_ACCESS_TOKEN=" + townToken,
		"ENGAWA_MASTER_KEY=" + privacy.NewMasterKey(), "ENGAWA_SECOND_FACTOR=all",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(cfg.SecondFactor), len(staff.Roles); got != want {
		t.Errorf("all are %d roles, want %d", got, want)
	}
	for _, r := range staff.Roles {
		if one, err := config.Load([]string{
			"LINE_CHANNEL_SECRET=" + townSecret, "LINE_CHANNEL_ACCESS_TOKEN=" + townToken,
			"ENGAWA_MASTER_KEY=" + privacy.NewMasterKey(), "ENGAWA_SECOND_FACTOR=" + string(r),
		}); err != nil || len(one.SecondFactor) != 1 || one.SecondFactor[0] != string(r) {
			t.Errorf("%s: %v, %v", r, one.SecondFactor, err)
		}
	}
}
