module example.com/retry

go 1.22

require example.com/text v0.20.0
