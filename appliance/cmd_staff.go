package appliance

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"salonkeep/store"
	"salonkeep/store/salon"
)

type staffFacts struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Role  string `json:"role"`
	Email string `json:"email,omitempty"`
}

func (p *program) cmdStaff() *cobra.Command {
	c := &cobra.Command{Use: "staff", Short: "The people who work in the salon"}
	c.AddCommand(p.cmdStaffAdd())
	return c
}

func (p *program) cmdStaffAdd() *cobra.Command {
	var form salon.StaffForm
	var passwordFile string
	c := &cobra.Command{
		Use:     "add",
		Short:   "Add somebody to the staff, with a sign-in or without",
		Long:    "Adds somebody to the staff. --email and --password-file together make a sign-in.\nRoles: " + strings.Join(salon.Roles, ", ") + ".",
		Example: "  salonkeep staff add --name 'Mei Lin' --role reception --email mei@example.com --password-file mei.txt",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if (form.Email == "") != (passwordFile == "") {
				return salon.E(salon.Invalid, "A sign-in needs both --email and --password-file.")
			}
			if passwordFile != "" {
				var err error
				if form.Password, err = readSecret(passwordFile, "password file"); err != nil {
					return err
				}
			}
			return p.withSalon(c.Context(), func(_ folder, _ *store.Store, sc *store.Scope) error {
				id, err := sc.AddStaff(c.Context(), form)
				if err != nil {
					return hint(err, "salonkeep staff add --help")
				}
				return p.print(staffFacts{ID: id, Name: form.Name, Role: form.Role, Email: form.Email}, func(w io.Writer) {
					fmt.Fprintf(w, "%s works here now, as %s.\n", form.Name, form.Role)
				})
			})
		},
	}
	c.Flags().StringVar(&form.Name, "name", "", "the person's name")
	c.Flags().StringVar(&form.Role, "role", "", "one of the roles above")
	c.Flags().StringVar(&form.Code, "code", "", "a short code for lists, made from the name if left out")
	c.Flags().StringVar(&form.Email, "email", "", "the address to sign in with")
	c.Flags().StringVar(&form.Language, "language", "en", "en or zh-CN")
	c.Flags().StringVar(&passwordFile, "password-file", "", "a file whose first line is the password")
	must(c, "name", "role")
	return p.withJSON(c)
}

// must marks flags a command cannot do without.
func must(c *cobra.Command, flags ...string) {
	for _, name := range flags {
		if err := c.MarkFlagRequired(name); err != nil {
			panic(err) // only a flag that was never declared: every run of every command would show it
		}
	}
}
