module orders.example.com/Checkout/v1

go v1.24

requires example.com/log v1.2.0

require (
	example.com/log 1.2.0
	example.com/queue v2.1.0
	example.com/text v0.20 // indirect
	example.com/sys latest
	"example.com/retry v1.0.0
	example.com/fast v1.0.0
	example.com/fast v1.1.0
)

replace example.com/queue => forks/queue
replace example.com/fast => ../fast v1.0.0

exclude example.com/log@v1.1.0

retract [v1.3.0, v1.2.0]

/* the tools */
tool (
	example.com/log/cmd/logview
