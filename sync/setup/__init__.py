"""What a machine has to have for the sync to run by itself, and whether the settings fit this machine.

inspection          settings against this machine's files and commands, without the network
machine             facts about this machine and this user
job                 how this very program is started by something else, and what that does not know
cron_line           a job -> the line of a crontab; where it stands in one; pure
  user_crontab      the user's crontab, read and written by the command `crontab`
systemd_units       a job -> the texts of a service and of its timer; pure
  systemd_service   as whom a service runs on this machine, and where its units belong
"""
