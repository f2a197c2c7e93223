package config

import (
	"slices"
	"strings"
)

// staffRoles are the roles as settings name them; a test of the program holds them
// equal to those of handoff/staff.
var staffRoles = []string{"coordinator", "supervisor", "facilitator", "administrator", "auditor", "area_lead"}

// readSecondFactor reads which roles must have a second factor.
func readSecondFactor(c *Config, value string) (ja, en string) {
	switch value {
	case "no":
		return "", ""
	case "all":
		c.SecondFactor = slices.Clone(staffRoles)
		return "", ""
	}
	for _, role := range strings.Split(value, ",") {
		if role = strings.TrimSpace(role); !slices.Contains(staffRoles, role) {
			return "役割の名前（" + strings.Join(staffRoles, " ") + "）か、all か no にしてください", "write roles (" + strings.Join(staffRoles, " ") + "), all or no"
		}
		c.SecondFactor = append(c.SecondFactor, role)
	}
	return "", ""
}
