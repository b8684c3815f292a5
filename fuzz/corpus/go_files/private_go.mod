module git.acme.example/billing/invoices

go 1.23

require (
	build.corp.acme.example/platform/config v1.2.0
	build.corp.acme.example/tools/lint v0.5.0
	corp.acme.example/platform/audit v1.0.0
	example.com/team-b/money/v2 v2.0.1
	example.com/team-d/money v1.9.0
	git.acme.example/billing/taxes v0.11.0
	git.acme.example.org/mirror/pdf v1.3.0
)

require git.acme.example/core/ids v0.0.0-20240229120000-0a1b2c3d4e5f // indirect

replace example.com/team-d/money => git.acme.example/forks/money v1.9.1
