-- Questions are about a period; without this, each one reads every day ever loaded.
CREATE INDEX usage_daily_by_date ON usage_daily (usage_date);
