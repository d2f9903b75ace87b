# Files of the oracle's form from metafor as it stands on this machine: data sets of metadat, and random ones.
#
#     Rscript tests/benchmarks/oracle/live.R OUT [name ...] [random=N] [seed=S]
#
# Needs metafor, metadat, clubSandwich, jsonlite. What a version lacks is left out. `python tests/benchmarks/synthesis.py OUT` then compares. A name takes the sets that begin with it.

suppressWarnings(suppressMessages({library(metafor); library(metadat); library(clubSandwich); library(jsonlite)}))
arguments <- commandArgs(TRUE)
folder <- arguments[1]
options <- grep("=", arguments[-1], value = TRUE)
wanted <- setdiff(arguments[-1], options)
option <- function(name, default) {
  found <- sub(paste0(name, "="), "", grep(paste0("^", name, "="), options, value = TRUE))
  if (length(found)) as.integer(found) else default
}
dir.create(folder, showWarnings = FALSE, recursive = TRUE)

quietly <- function(expression) suppressWarnings(suppressMessages(expression))
attempt <- function(expression) tryCatch(quietly(expression), error = function(e) list(error = conditionMessage(e)))
number <- function(x) if (is.null(x) || length(x) == 0) NA else as.numeric(x)
METHODS <- c("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM", "GENQ", "GENQM")
# Before version 4, DLIT at zero had the standard error of DL.
if (packageVersion("metafor") >= "4.0") METHODS <- c(METHODS, "DLIT", "SJIT")
THRESHOLDS <- c(1e-14, 1e-12, 1e-10, 1e-8)

# The fit at the tightest threshold of Fisher scoring that converges.
rma_tight <- function(yi, vi, method, test = "z", mods = NULL, ...) {
  call <- list(yi = yi, vi = vi, method = method, test = test, ...)
  if (!is.null(mods)) call$mods <- mods
  if (method %in% c("GENQ", "GENQM")) call$weights <- 1 / vi
  failure <- NULL
  for (threshold in THRESHOLDS) {
    call$control <- list(threshold = threshold, maxiter = 500, tol = 1e-15)
    found <- tryCatch(quietly(do.call(rma.uni, call)), error = function(e) e)
    if (!inherits(found, "error")) { attr(found, "threshold") <- threshold; return(found) }
    failure <- found
  }
  stop(conditionMessage(failure))
}

het <- function(fit) {
  stats <- fit$fit.stats[, if (fit$method == "REML") "REML" else "ML"]
  list(tau2 = fit$tau2, se_tau2 = number(fit$se.tau2), I2 = number(fit$I2), H2 = number(fit$H2), QE = fit$QE, QEp = fit$QEp, k = fit$k,
       R2 = number(fit$R2), ll = stats[1],
       fit_stats = list(logLik = stats[1], deviance = stats[2], AIC = stats[3], BIC = stats[4], AICc = stats[5]))
}
tested <- function(fit) {
  list(b = as.vector(fit$beta), se = fit$se, stat = fit$zval, df = if (fit$test == "z") NA else fit$dfs, p = fit$pval,
       ci_lb = fit$ci.lb, ci_ub = fit$ci.ub)
}
fits <- function(yi, vi) {
  out <- list()
  for (method in METHODS) {
    block <- list()
    for (test in c("z", "t", "knha", "adhoc")) {
      block[[test]] <- attempt({
        fit <- rma_tight(yi, vi, method, test)
        if (is.null(block$het)) block$het <- het(fit)
        one <- tested(fit)
        if (method != "EE") {
          interval <- predict(fit)
          one$pi_lb <- interval$pi.lb; one$pi_ub <- interval$pi.ub
        }
        one
      })
    }
    if (!is.null(block$het)) out[[method]] <- block
  }
  out
}
confints <- function(yi, vi, mods = NULL, methods = c("REML", "DL", "PM", "ML", "SJ", "HE", "HS", "EB")) {
  out <- list()
  for (method in methods) out[[method]] <- attempt({
    fit <- rma_tight(yi, vi, method, mods = mods)
    found <- confint(fit, control = list(tol = 1e-15))$random
    list(tau2 = found[1, ], tau = found[2, ], I2 = found[3, ], H2 = found[4, ])
  })
  for (method in c("ML", "REML")) out[[paste0("PL_", method)]] <- attempt({
    list(tau2 = confint(rma_tight(yi, vi, method, mods = mods), type = "PL", control = list(tol = 1e-15))$random[1, ])
  })
  out
}
bias <- function(yi, vi, ni) {
  out <- list()
  one <- function(model, predictor, test = "z") attempt({
    fit <- if (model == "lm") NULL else rma_tight(yi, vi, "REML", test)
    if (!is.null(fit)) fit$ni <- ni
    x <- if (model == "lm") regtest(yi, vi, ni = ni, model = "lm", predictor = predictor)
         else regtest(fit, predictor = predictor, control = list(threshold = 1e-12, maxiter = 1000))
    list(stat = x$zval, df = number(x$dfs), p = x$pval, limit_est = number(x$est), limit_ci_lb = number(x$ci.lb), limit_ci_ub = number(x$ci.ub),
         coef = as.vector(coef(x$fit)), tau2 = if (model == "lm") NA else x$fit$tau2)
  })
  for (predictor in c("sei", "vi", if (!is.null(ni)) c("ni", "ninv", "sqrtni", "sqrtninv"))) for (model in c("lm", "rma"))
    out[[paste(model, predictor, sep = "_")]] <- one(model, predictor)
  out$rma_sei_knha <- one("rma", "sei", "knha")
  out$ranktest_exact_default <- attempt({x <- ranktest(yi, vi); list(tau = x$tau, p = x$pval)})
  out$ranktest_normal <- attempt({x <- ranktest(yi, vi, exact = FALSE); list(tau = x$tau, p = x$pval)})
  wls <- function(formula) attempt({
    x <- summary(lm(formula, weights = 1 / vi))$coefficients
    list(b = x[, 1], se = x[, 2], t = x[, 3], p = x[, 4])
  })
  out$PET_wls <- wls(yi ~ sqrt(vi)); out$PEESE_wls <- wls(yi ~ vi); out$UWLS <- wls(yi ~ 1)
  out
}
trimfills <- function(yi, vi) {
  out <- list()
  for (method in c("REML", "DL", "EE")) for (estimator in c("L0", "R0", "Q0")) for (side in c("auto", "left", "right"))
    out[[paste(method, estimator, side, sep = "_")]] <- attempt({
      fit <- rma_tight(yi, vi, method)
      x <- trimfill(fit, estimator = estimator, side = if (side == "auto") NULL else side)
      list(k0 = x$k0, se_k0 = x$se.k0, p_k0 = number(x$p.k0), b = x$beta[1], se = x$se, ci_lb = x$ci.lb, ci_ub = x$ci.ub, p = x$pval,
           tau2 = x$tau2, QE = x$QE, I2 = number(x$I2), filled_yi = as.vector(x$yi)[x$fill == 1], filled_vi = x$vi[x$fill == 1])
    })
  out
}
leave1outs <- function(yi, vi) {
  out <- list()
  for (method in c("REML", "DL")) for (test in c("z", "knha")) out[[paste(method, test, sep = "_")]] <- attempt({
    x <- leave1out(rma_tight(yi, vi, method, test))
    list(estimate = x$estimate, se = x$se, stat = if (test == "z") x$zval else x$tval, p = x$pval, ci_lb = x$ci.lb, ci_ub = x$ci.ub,
         Q = x$Q, Qp = x$Qp, tau2 = x$tau2, I2 = x$I2, H2 = x$H2)
  })
  out
}
diagnostics <- function(fit) {
  x <- influence(fit)
  inf <- x$inf
  list(rstudent = inf$rstudent, dffits = inf$dffits, cook_d = inf$cook.d, cov_r = inf$cov.r, tau2_del = inf$tau2.del, QE_del = inf$QE.del,
       hat = inf$hat, weight = inf$weight, dfbs = as.list(as.data.frame(x$dfbs)[rownames(fit$beta)]), flagged = x$is.infl)
}
influences <- function(yi, vi) {
  out <- list()
  for (method in c("REML", "DL")) out[[method]] <- attempt(diagnostics(rma_tight(yi, vi, method)))
  out$rstandard <- attempt({x <- rstandard(rma_tight(yi, vi, "REML")); list(resid = x$resid, se = x$se, z = x$z)})
  out
}
cumulatives <- function(yi, vi, order) {
  out <- list()
  for (method in c("REML", "DL")) out[[method]] <- attempt({
    x <- cumul(rma_tight(yi, vi, method), order = if (is.null(order)) seq_along(yi) else order)
    list(estimate = x$estimate, se = x$se, p = x$pval, ci_lb = x$ci.lb, ci_ub = x$ci.ub, tau2 = x$tau2, I2 = x$I2, Q = x$Q)
  })
  out
}
baujats <- function(yi, vi) {
  out <- list()
  grDevices::pdf(NULL)
  for (method in c("EE", "REML")) out[[method]] <- attempt({x <- baujat(rma_tight(yi, vi, method)); x <- x[order(as.numeric(x$slab)), ]; list(x = x$x, y = x$y)})
  grDevices::dev.off()
  out
}
failsafe <- function(yi, vi) {
  target <- sign(mean(yi)) * 0.1
  list(
    Rosenthal = attempt({x <- fsn(yi, vi); list(fsnum = x$fsnum, p = x$pval, alpha = 0.05)}),
    Orwin_unw = attempt({x <- fsn(yi, type = "Orwin", target = target); list(fsnum = x$fsnum, est = number(x$meanes), target = target)}),
    Rosenberg = attempt({x <- fsn(yi, vi, type = "Rosenberg"); list(fsnum = x$fsnum, p = x$pval, est = number(x$meanes))}))
}
selmodels <- function(yi, vi, more) {
  fit <- attempt(rma_tight(yi, vi, "ML"))
  if (!inherits(fit, "rma")) return(NULL)
  side <- if (rma_tight(yi, vi, "EE")$beta[1] < 0) "less" else "greater"
  one <- function(model, type, ...) {
    best <- NULL
    for (optimizer in c("optim", "nlminb")) {
      x <- attempt(selmodel(model, type = type, alternative = side, control = list(optimizer = optimizer), ...))
      if (inherits(x, "rma") && (is.null(best) || x$fit.stats["ll", "ML"] > best$fit.stats["ll", "ML"])) best <- x
      if (!inherits(x, "rma") && is.null(best)) failed <- x
    }
    if (is.null(best)) return(failed)
    list(b = best$beta[1], se = best$se, p = best$pval, ci_lb = best$ci.lb, ci_ub = best$ci.ub, tau2 = best$tau2, se_tau2 = number(best$se.tau2),
         delta = best$delta, se_delta = best$se.delta, p_delta = best$pval.delta, LRT = number(best$LRT), LRTp = number(best$LRTp), LRTdf = number(best$LRTdf),
         ll = best$fit.stats["ll", "ML"])
  }
  out <- list(alternative = side)
  out$stepfun_025 <- one(fit, "stepfun", steps = .025)
  out$stepfun_050 <- one(fit, "stepfun", steps = .05)
  out$stepfun_025_fixedeffect <- one(rma_tight(yi, vi, "EE"), "stepfun", steps = .025)
  if (more) {
    out$stepfun_025_500 <- one(fit, "stepfun", steps = c(.025, .5))
    out$stepfun_10_30_50 <- one(fit, "stepfun", steps = c(.1, .3, .5))
    for (type in c("beta", "negexp", "halfnorm", "logistic", "power")) out[[type]] <- one(fit, type)
  }
  out
}
misc <- function(yi, vi) {
  fit <- attempt(rma_tight(yi, vi, "REML"))
  out <- list()
  out$tes <- attempt({x <- tes(yi, vi, alternative = if (rma_tight(yi, vi, "EE")$beta[1] < 0) "less" else "greater", test = "chi2"); list(O = x$O, E = x$E, OE = x$OEratio, X2 = x$X2, p = x$pval, theta = x$theta, power = x$power)})
  out$hc <- attempt({x <- hc(rma_tight(yi, vi, "DL")); list(b = x$beta[1], ci_lb = x$ci.lb, ci_ub = x$ci.ub, se = x$se, tau2 = x$tau2)})
  out$blup <- attempt({x <- blup(fit); list(pred = x$pred, se = x$se, pi_lb = x$pi.lb, pi_ub = x$pi.ub)})
  out$weights_reml <- attempt(list(w = weights(fit)))
  if (length(yi) <= 9 && length(yi) >= 3) out$gosh_all <- NULL
  out
}
regression <- function(fit) {
  list(b = as.vector(fit$beta), se = fit$se, stat = fit$zval, df = if (fit$test == "z") NA else fit$dfs, p = fit$pval, ci_lb = fit$ci.lb,
       ci_ub = fit$ci.ub, vcov = unname(vcov(fit)), QM = fit$QM, QM_df = c(fit$m, if (fit$test == "z") NA else fit$dfs), QMp = fit$QMp)
}
metareg <- function(yi, vi, data, formulas) {
  out <- list()
  for (text in formulas) out[[text]] <- attempt({
    frame <- model.frame(as.formula(text), data = data, na.action = na.pass)
    used <- which(complete.cases(frame))
    X <- model.matrix(as.formula(text), data = data[used, , drop = FALSE])
    y <- yi[used]; v <- vi[used]
    colnames(X)[1] <- "intrcpt"
    block <- list(used = used, data = as.list(data[used, all.vars(as.formula(text)), drop = FALSE]), formula = text,
                  model_matrix = list(names = colnames(X), X = unname(X)), fits = list())
    for (method in c("EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")) {
      one <- list()
      for (test in c("z", "knha", "adhoc")) one[[test]] <- attempt({
        fit <- rma_tight(y, v, method, test, mods = X)
        base <- attempt(rma_tight(y, v, method))
        if (is.null(one$het)) { one$het <- het(fit); one$het$R2 <- if (inherits(base, "rma") && base$tau2 > 0) max(0, 100 * (base$tau2 - fit$tau2) / base$tau2) else NA }
        regression(fit)
      })
      if (!is.null(one$het)) block$fits[[method]] <- one
    }
    block$confint <- confints(y, v, mods = X, methods = "REML")
    fit <- rma_tight(y, v, "REML", mods = X)
    block$influence <- attempt(diagnostics(fit))
    if (ncol(X) > 1) block$vif <- attempt({x <- vif(fit); list(vif = as.numeric(if (is.list(x$vif)) sapply(x$vif, function(one) one$vif) else x$vif))})
    block$robust_HC_CR2_singletons <- attempt({
      x <- coef_test(fit, vcov = "CR2", cluster = seq_along(y))
      list(b = x$beta, se = x$SE, df = if (is.null(x$df_Satt)) x$df else x$df_Satt, p = if (is.null(x$p_Satt)) x$p_t else x$p_Satt)
    })
    block
  })
  out
}
subgroups <- function(yi, vi, data, columns) {
  out <- list()
  for (column in columns) out[[column]] <- attempt({
    labels <- as.character(data[[column]])
    used <- which(!is.na(labels))
    y <- yi[used]; v <- vi[used]; labels <- labels[used]
    levels <- sort(unique(labels))
    separate <- list(); common <- list()
    X <- if (length(levels) > 1) model.matrix(~ factor(labels, levels)) else NULL
    for (method in c("REML", "DL")) for (test in c("z", "knha")) {
      name <- paste(method, test, sep = "_")
      separate[[name]] <- attempt({
        groups <- lapply(setNames(levels, levels), function(level) attempt({fit <- rma_tight(y[labels == level], v[labels == level], method, test); c(het(fit), tested(fit))}))
        ok <- !any(sapply(groups, function(g) !is.null(g$error)))
        q <- if (ok) {b <- sapply(groups, function(g) g$b); w <- 1 / sapply(groups, function(g) g$se)^2; sum(w * (b - sum(w * b) / sum(w))^2)} else NA
        c(list(groups = groups), if (ok) list(Q_between = q, df = length(levels) - 1, p = pchisq(q, length(levels) - 1, lower.tail = FALSE)))
      })
      common[[name]] <- attempt({fit <- rma_tight(y, v, method, test, mods = X); found <- het(fit); found$R2 <- NULL; c(found, regression(fit))})
    }
    ee <- attempt({fit <- rma_tight(y, v, "EE", mods = X); found <- het(fit); found$R2 <- NULL; c(found, regression(fit))})
    list(used = used, labels = labels, levels = levels, counts = as.vector(table(factor(labels, levels))), separate = separate, common_tau2 = common, EE = ee)
  })
  out
}
simple <- function(id, yi, vi, ni = NULL, order = NULL, data = NULL, subgroup = NULL, mods = NULL, more = TRUE) {
  if (length(wanted) && !any(startsWith(id, wanted))) return(invisible())
  keep <- !is.na(yi) & !is.na(vi) & vi > 0
  yi <- as.vector(yi)[keep]; vi <- as.vector(vi)[keep]; ni <- if (!is.null(ni)) ni[keep]; order <- if (!is.null(order)) order[keep]
  if (!is.null(ni) && any(is.na(ni))) ni <- NULL
  data <- if (!is.null(data)) as.data.frame(data)[keep, , drop = FALSE]
  outputs <- list(fits = fits(yi, vi), confint = confints(yi, vi), bias = bias(yi, vi, ni), trimfill = trimfills(yi, vi), leave1out = leave1outs(yi, vi),
    influence = influences(yi, vi), cumulative = cumulatives(yi, vi, order), baujat = baujats(yi, vi), failsafe = failsafe(yi, vi),
    selmodel = if (length(yi) <= 100) selmodels(yi, vi, more && length(yi) <= 13), misc = misc(yi, vi))
  if (!is.null(subgroup)) outputs$subgroup <- subgroups(yi, vi, data, subgroup)
  if (!is.null(mods)) outputs$metareg <- metareg(yi, vi, data, mods)
  outputs <- Filter(Negate(is.null), outputs)
  emit(id, list(id = id, oracle_versions = list(metafor = as.character(packageVersion("metafor"))), k = length(yi),
    inputs = list(yi = yi, vi = vi, ni = ni, order = order, raw = list()), outputs = outputs))
}
emit <- function(id, content) {
  write_json(content, file.path(folder, paste0(id, ".json")), digits = I(17), auto_unbox = TRUE, na = "null", null = "null")
  cat(id, "\n")
}

# ---- dependent effects ----
mv <- function(yi, V, study, X = NULL, method = "REML", test = "z", components = 2, club = "CR2") {
  id <- seq_along(yi)
  random <- if (components == 2) list(~ 1 | study, ~ 1 | id) else list(~ 1 | study)
  call <- list(yi = yi, V = V, random = random, data = data.frame(study = study, id = id), method = method, test = test, sparse = length(yi) > 150)
  if (!is.null(X)) { call$mods <- X; call$intercept <- FALSE }
  for (tolerance in c(1e-12, 1e-10, 1e-8)) {
    call$control <- list(rel.tol = tolerance, iter.max = 1000, eval.max = 2000)
    fit <- tryCatch(quietly(do.call(rma.mv, call)), error = function(e) e)
    if (!inherits(fit, "error")) break
  }
  if (inherits(fit, "error")) stop(conditionMessage(fit))
  out <- list(b = as.vector(fit$beta), se = fit$se, stat = fit$zval, p = fit$pval, ci_lb = fit$ci.lb, ci_ub = fit$ci.ub, vcov = unname(vcov(fit)),
              sigma2 = fit$sigma2, ll = fit$fit.stats["ll", method], QE = fit$QE, QEp = fit$QEp, k = fit$k)
  if (is.null(X)) { out$QM <- fit$QM; out$QMp <- fit$QMp; x <- predict(fit); out$predict <- list(pi_lb = x$pi.lb, pi_ub = x$pi.ub) }
  if (!is.null(X)) out$X <- unname(X)
  out$robust_metafor_CR1 <- attempt({x <- robust(fit, cluster = study); list(b = as.vector(x$beta), se = x$se, stat = x$zval, df = x$dfs, p = x$pval, ci_lb = x$ci.lb, ci_ub = x$ci.ub)})
  for (kind in club) out[[paste0("club_", kind)]] <- attempt({
    known <- if (kind == "CR2") "Satterthwaite" else "naive-t"
    x <- coef_test(fit, vcov = kind, cluster = study, test = known); ci <- conf_int(fit, vcov = kind, cluster = study, test = known)
    list(b = x$beta, se = x$SE, t = x$tstat, df = if (!is.null(x$df_Satt)) x$df_Satt else if (!is.null(x$df_t)) x$df_t else x$df, p = if (is.null(x$p_Satt)) x$p_t else x$p_Satt, ci_lb = ci$CI_L, ci_ub = ci$CI_U)
  })
  if (!is.null(X) && ncol(X) > 1) out$wald_HTZ <- attempt({
    w <- Wald_test(fit, constraints = constrain_zero(2:ncol(X)), vcov = "CR2", cluster = study); list(F = w$Fstat, df_num = w$df_num, df_denom = w$df_denom, p = w$p_val)})
  out
}
dependent <- function(id, yi, vi, study, data = NULL, mods = NULL, rho = 0.5) {
  if (length(wanted) && !any(startsWith(id, wanted))) return(invisible())
  keep <- !is.na(yi) & !is.na(vi) & vi > 0
  yi <- as.vector(yi)[keep]; vi <- as.vector(vi)[keep]; study <- as.character(study)[keep]
  data <- if (!is.null(data)) as.data.frame(data)[keep, , drop = FALSE]
  V_of <- function(r, rows = seq_along(yi)) { s <- sqrt(vi[rows]); V <- r * outer(s, s) * outer(study[rows], study[rows], "=="); diag(V) <- vi[rows]; V }
  kinds <- c("CR0", "CR1", "CR1S", "CR1p", "CR2", "CR3")
  out <- list()
  out$two_level_ignoring_clusters <- attempt({fit <- rma_tight(yi, vi, "REML"); c(het(fit), tested(fit))})
  out$three_level_REML <- attempt(mv(yi, vi, study, club = kinds))
  out$three_level_ML <- attempt(mv(yi, vi, study, method = "ML", club = character()))
  out$two_level_cluster_RE <- attempt(mv(yi, vi, study, components = 1, club = character()))
  out$`CHE_rho0.5` <- attempt(mv(yi, V_of(0.5), study, club = kinds))
  out$CE_working_model <- attempt(mv(yi, V_of(0.5), study, components = 1))
  out$`CHE_rho0.8` <- attempt(mv(yi, V_of(0.8), study))
  out$metareg <- list(); out$metareg_3level <- list()
  for (text in mods) {
    frame <- model.frame(as.formula(text), data = data, na.action = na.pass)
    used <- which(complete.cases(frame))
    X <- model.matrix(as.formula(text), data = data[used, , drop = FALSE])
    out$metareg[[text]] <- attempt(c(list(used = used), mv(yi[used], V_of(0.5, used), study[used], X)))
    out$metareg_3level[[text]] <- attempt(c(list(used = used), mv(yi[used], vi[used], study[used], X)))
  }
  out$multilevel_egger <- attempt({x <- mv(yi, V_of(0.5), study, cbind(1, sqrt(vi))); x$X <- NULL; x})
  if (length(yi) < 120) out$profile_ci <- attempt({
    fit <- rma.mv(yi, vi, random = list(~ 1 | study, ~ 1 | id), data = data.frame(study = study, id = seq_along(yi)), control = list(rel.tol = 1e-10))
    lapply(setNames(1:2, c("sigma2_1", "sigma2_2")), function(i) unname(confint(fit, sigma2 = i, control = list(tol = 1e-10))$random[1, ]))
  })
  for (name in c("aggregate_CS_rho0.5", "aggregate_unweighted_rho0.5", "aggregate_ID")) out[[name]] <- attempt({
    frame <- escalc(yi = yi, vi = vi, data = data.frame(study = study))
    x <- aggregate(frame, cluster = study, struct = if (grepl("ID", name)) "ID" else "CS", rho = 0.5, weighted = !grepl("unweighted", name))
    fit <- rma_tight(as.vector(x$yi), x$vi, "REML")
    list(agg_cluster = as.character(x$study), yi = as.vector(x$yi), vi = x$vi, n_agg = nrow(x), rma = c(het(fit), tested(fit)))
  })
  for (name in c("lowest", "highest")) out[[name]] <- attempt({
    used <- sort(unname(sapply(split(seq_along(yi), study), function(rows) rows[if (name == "lowest") which.min(yi[rows]) else which.max(yi[rows])])))
    fit <- rma_tight(yi[used], vi[used], "REML"); list(used = used, rma = c(het(fit), tested(fit)))
  })
  emit(id, list(id = id, kind = "dependent effects (live)", k = length(yi), rho_assumed = rho, inputs = list(yi = yi, vi = vi, cluster = study), outputs = out))
}

# ---- data sets of metadat ----
es <- function(...) suppressWarnings(escalc(...))
named <- function(id, frame, ...) simple(id, frame$yi, frame$vi, attr(frame$yi, "ni"), ...)
two_by_two <- function(id, ai, n1, ci, n2, measures = c("OR", "RR", "RD", "PETO", "AS"), ...) {
  for (measure in measures) named(paste(id, measure, sep = "_"), es(measure, ai = ai, n1i = n1, ci = ci, n2i = n2), ...)
}
metadat_sets <- function() {
  for (m in c("COR", "ZCOR", "UCOR")) named(paste0("cohen1981_", m), es(m, ri = dat.cohen1981$ri, ni = dat.cohen1981$ni), data = dat.cohen1981, subgroup = "control", mods = c("~control", "~ni", "~sample"))
  d <- dat.colditz1994
  for (m in c("RR", "OR", "RD", "PETO", "AS")) named(paste0("colditz1994_", m), es(m, ai = d$tpos, bi = d$tneg, ci = d$cpos, di = d$cneg), order = d$year, data = d, subgroup = "alloc", mods = c("~ablat", "~ablat*year", "~alloc", "~ablat+factor(alloc)"))
  d <- dat.craft2003; for (m in c("COR", "ZCOR")) named(paste0("craft2003_", m), es(m, ri = d$ri, ni = d$ni), data = d, subgroup = c("sport", "var1"), mods = c("~sport", "~sport+var1"))
  d <- dat.damico2009; two_by_two("damico2009", d$xt, d$nt, d$xc, d$nc, order = d$year, data = d, subgroup = "conceal", mods = c("~conceal", "~year", "~conceal*blind", "~year+blind"))
  d <- dat.fine1993; d <- d[!is.na(d$e1i), ]
  for (i in 1:4) { a <- d[[paste0("e", i, "i")]]; c <- d[[paste0("c", i, "i")]]; ok <- !is.na(a) & !is.na(c); two_by_two(paste0("fine1993_", i), a[ok], d$nei[ok], c[ok], d$nci[ok], measures = c("OR", "RD")) }
  d <- dat.franchini2012; named("franchini2012_MD", es("MD", m1i = d$y2, sd1i = d$sd2, n1i = d$n2, m2i = d$y1, sd2i = d$sd1, n2i = d$n1))
  named("franchini2012_SMD", es("SMD", m1i = d$y2, sd1i = d$sd2, n1i = d$n2, m2i = d$y1, sd2i = d$sd1, n2i = d$n1))
  d <- dat.hartmannboyce2018; two_by_two("hartmannboyce2018", d$x.nrt, d$n.nrt, d$x.ctrl, d$n.ctrl, measures = c("RR", "OR"), data = d, subgroup = "treatment", mods = "~treatment")
  d <- dat.ishak2007; for (i in 1:4) simple(paste0("ishak2007_", i), d[[paste0("y", i, "i")]], d[[paste0("v", i, "i")]], data = d, mods = c("~mdur", "~mdur+mbase"))
  d <- dat.kearon1998; for (m in c("PLO", "PR", "PAS", "PFT", "PLN")) { named(paste0("kearon1998_sens_", m), es(m, xi = d$tp, ni = d$np), order = d$year, data = d, subgroup = "patients", mods = "~patients"); named(paste0("kearon1998_spec_", m), es(m, xi = d$tn, ni = d$nn)) }
  d <- dat.landenberger2005
  two_by_two("landenberger2005", d$n.cbt.non, d$n.cbt.rec + d$n.cbt.non, d$n.ctrl.non, d$n.ctrl.rec + d$n.ctrl.non, measures = c("OR", "RD"), data = d, subgroup = c("group", "design"), mods = c("~group", "~length+sessions", "~design+program", "~group*sessions"))
  d <- dat.lau1992; two_by_two("lau1992", d$ai, d$n1i, d$ci, d$n2i, order = d$year, data = d, mods = "~year")
  d <- dat.li2007; two_by_two("li2007", d$ai, d$n1i, d$ci, d$n2i, order = d$year, data = d, mods = "~year")
  d <- dat.nielweise2007; two_by_two("nielweise2007", d$ai, d$n1i, d$ci, d$n2i, order = d$year)
  d <- dat.nielweise2008; for (m in c("IRR", "IRD", "IRSD")) named(paste0("nielweise2008_", m), es(m, x1i = d$x1i, t1i = d$t1i, x2i = d$x2i, t2i = d$t2i), order = d$year)
  d <- dat.molloy2014; for (m in c("COR", "ZCOR")) named(paste0("molloy2014_", m), es(m, ri = d$ri, ni = d$ni), order = d$year, data = d, subgroup = c("controls", "design"), mods = c("~year", "~quality+design", "~meanage*quality", "~controls+a_measure+meanage"))
  d <- dat.nakagawa2007; for (m in c("COR", "ZCOR", "UCOR")) named(paste0("nakagawa2007_", m), es(m, ri = d$Correlation, ni = d$SampleSize), data = d, subgroup = "Place", mods = "~Place")
  d <- dat.obrien2003; for (m in c("PLO", "PR", "PFT")) named(paste0("obrien2003_", m), es(m, xi = d$cases, ni = d$total), order = d$year, data = d, subgroup = c("ch", "grp"), mods = c("~bmi", "~bmi+ch", "~factor(grp)"))
  d <- dat.pagliaro1992; named("pagliaro1992_PLO", es("PLO", xi = d$xi, ni = d$ni), data = d, subgroup = "trt", mods = "~trt")
  d <- dat.riley2003; for (o in unique(d$outcome)) simple(paste0("riley2003_", o), d$yi[d$outcome == o], d$vi[d$outcome == o])
  d <- dat.senn2013; named("senn2013_MN", es("MN", mi = d$mi, sdi = d$sdi, ni = d$ni), data = d, subgroup = "treatment", mods = "~treatment")
  d <- dat.stowe2010; named("stowe2010_MD", es("MD", m1i = d$y1, sd1i = d$sd1, n1i = d$n1, m2i = d$y2, sd2i = d$sd2, n2i = d$n2))
  named("stowe2010_SMDH", es("SMDH", m1i = d$y1, sd1i = d$sd1, n1i = d$n1, m2i = d$y2, sd2i = d$sd2, n2i = d$n2))
  d <- dat.linde2016; simple("linde2016", d$lnOR, d$selnOR^2, data = d, subgroup = "treat2", mods = "~treat2")
  d <- dat.lopez2019; simple("lopez2019", d$diff, d$se^2, data = d, subgroup = c("scale", "treatment"), mods = c("~group+tailored", "~sessions*group", "~sessions+length+intensity"))
  d <- dat.woods2010; named("woods2010_PFT", es("PFT", xi = d$r, ni = d$N), data = d, subgroup = "treatment"); named("woods2010_PLO", es("PLO", xi = d$r, ni = d$N), data = d, mods = "~treatment")
  d <- dat.white2020; named("white2020_ZCOR", es("ZCOR", ri = d$r, ni = d$n), data = d, subgroup = c("sex", "class"), mods = c("~control+sex", "~iridescent"))
  d <- dat.tannersmith2016; simple("tannersmith2016", d$yi, d$vi, data = d, subgroup = "sexmix", mods = c("~propmale", "~sexmix+aget1"))
  d <- dat.linde2015; two_by_two("linde2015_resp", d$resp1, d$n1, d$resp2, d$n2, measures = c("OR", "PETO"), order = d$year)



  # dependent
  d <- dat.ishak2007; long <- do.call(rbind, lapply(1:4, function(i) data.frame(study = d$study, time = i, yi = d[[paste0("y", i, "i")]], vi = d[[paste0("v", i, "i")]], mdur = d$mdur)))
  dependent("ml_ishak2007", long$yi, long$vi, long$study, long, c("~time", "~time+mdur", "~factor(time)"))
  d <- dat.riley2003; dependent("ml_riley2003", d$yi, d$vi, d$study, d, "~outcome")
  d <- dat.tannersmith2016; dependent("ml_tannersmith2016", d$yi, d$vi, d$studyid, d, c("~propmale", "~sexmix", "~aget1+propmale"))
  d <- suppressWarnings(escalc("ZCOR", ri = r, ni = n, data = dat.white2020)); dependent("ml_white2020", d$yi, d$vi, d$study_id, d, c("~sex", "~control+iridescent", "~class"))
  d <- suppressWarnings(escalc("ZCOR", ri = ri, ni = ni, data = dat.craft2003)); dependent("ml_craft2003", d$yi, d$vi, d$study, d, c("~sport", "~var1+sport"))
  d <- dat.lopez2019; dependent("ml_lopez2019", d$diff, d$se^2, d$study, d, c("~group", "~scale", "~sessions+group"))
  d <- escalc("RR", ai = x.nrt, n1i = n.nrt, ci = x.ctrl, n2i = n.ctrl, data = dat.hartmannboyce2018); dependent("ml_hartmannboyce2018", d$yi, d$vi, d$study, d, "~treatment")
  d <- suppressWarnings(escalc("PLO", xi = cases, ni = total, data = dat.obrien2003)); dependent("ml_obrien2003", d$yi, d$vi, d$study, d, c("~bmi", "~ch+bmi"))
  d <- dat.linde2016; dependent("ml_linde2016", d$lnOR, d$selnOR^2, d$id, d, "~treat2")

}

# ---- random data: scales, few effects, equal and wildly unequal variances, no heterogeneity, collinear moderators ----
random_sets <- function(count, seed) {
  set.seed(seed)
  for (i in seq_len(count)) {
    k <- sample(c(1:6, 8, 12, 20, 40), 1)
    scale <- 10^sample(-4:4, 1)
    spread <- sample(c(0, 0, 0.5, 1.5, 4), 1)
    vi <- 10^rnorm(k, -1, spread / 2)
    tau2 <- sample(c(0, 0, 0.02, 0.3, 5), 1)
    yi <- sample(c(0, 0.3, -2), 1) + rnorm(k, 0, sqrt(vi + tau2))
    if (runif(1) < 0.1) yi <- rep(yi[1], k)
    if (runif(1) < 0.15) yi <- round(yi, 1)
    yi <- yi * scale; vi <- vi * scale^2
    x1 <- rnorm(k, sample(c(0, 1990), 1)); d <- data.frame(x1 = x1, x2 = x1 + rnorm(k, 0, 10^sample(-8:0, 1)), g = sample(c("a", "b", "c"), k, TRUE), one = "same")
    ni <- if (runif(1) < 0.5) pmax(4, round(4 / vi * scale^2)) else NULL
    simple(sprintf("random%d_%03d", seed, i), yi, vi, ni, order = if (runif(1) < .3) sample(c(seq_len(k), NA), k) else NULL, data = d, subgroup = if (k > 1) c("g", "one"), mods = if (k > 1) c("~x1", "~g", "~x1+x2", "~x1*g"), more = FALSE)
    if (i %% 4 == 0 && k > 2) {
      study <- sample(seq_len(max(2, ceiling(k / 2))), k, TRUE)
      dependent(sprintf("ml_random%d_%03d", seed, i), yi, vi, study, d, c("~x1", if (length(unique(d$g)) > 1) "~g"))
    }
  }
}
# Two-by-two tables and rates, some with zeros in one arm or in both.
random_tables <- function(count, seed) {
  set.seed(seed)
  pooled <- function(fit, q) {
    out <- list(k = fit$k, b = as.vector(fit$beta)[1], se = fit$se, p = fit$pval, ci_lb = fit$ci.lb, ci_ub = fit$ci.ub)
    for (name in q) out[[name]] <- number(fit[[name]])
    out
  }
  blocks <- list()
  for (i in seq_len(count)) {
    k <- sample(c(2, 3, 5, 12, 30), 1)
    n1i <- sample(c(5, 20, 100, 1000), k, TRUE) + sample(0:9, k, TRUE); n2i <- pmax(3, n1i + sample(-2:8, k, TRUE))
    risk <- sample(c(0.01, 0.1, 0.5, 0.95), 1)
    ai <- rbinom(k, n1i, risk); ci <- rbinom(k, n2i, min(0.99, risk * sample(c(1, 1.3), 1)))
    block <- list(inputs = list(ai = ai, n1i = n1i, ci = ci, n2i = n2i))
    for (measure in c("OR", "RR", "RD")) block[[paste0("MH_", measure)]] <- attempt(
      pooled(rma.mh(measure = measure, ai = ai, n1i = n1i, ci = ci, n2i = n2i), c("QE", "QEp", if (measure == "OR") c("MH", "MHp", "TA", "TAp"))))
    block$PETO <- attempt(pooled(rma.peto(ai = ai, n1i = n1i, ci = ci, n2i = n2i), c("QE", "QEp")))
    blocks[[paste0("table", i)]] <- block
    t1i <- n1i * runif(k, 0.5, 3); t2i <- n2i * runif(k, 0.5, 3)
    rates <- list(inputs = list(x1i = ai, t1i = t1i, x2i = ci, t2i = t2i))
    rates$MH_IRR <- attempt(pooled(rma.mh(measure = "IRR", x1i = ai, t1i = t1i, x2i = ci, t2i = t2i), c("QE", "QEp")))
    blocks[[paste0("rates", i)]] <- rates
  }
  if (count > 0) emit(sprintf("tables_random%d", seed), list(id = "tables", kind = "Mantel-Haenszel / Peto (live)", outputs = blocks))
}

# Every arrangement of small sets, which are files of their own.
random_permutations <- function(count, seed) {
  set.seed(seed)
  blocks <- list()
  for (i in seq_len(count)) {
    k <- sample(3:7, 1); scale <- 10^sample(-3:3, 1)
    vi <- 10^rnorm(k, -1, 0.6); yi <- rnorm(k, sample(c(0, 0.6), 1), sqrt(vi + sample(c(0, 0.2), 1)))
    if (runif(1) < 0.2) { yi <- round(yi, 1); vi <- rep(vi[1], k) }
    yi <- yi * scale; vi <- vi * scale^2
    id <- sprintf("permuted%d_%03d", seed, i)
    block <- list()
    for (method in c("EE", "DL", "REML")) block[[method]] <- attempt({
      fit <- rma_tight(yi, vi, method); x <- permutest(fit, exact = TRUE, progbar = FALSE)
      list(p = x$pval, stat = fit$zval, n_perm = 2^k)
    })
    if (k <= 5) block$meta_regression_index <- attempt({
      fit <- rma_tight(yi, vi, "DL", mods = cbind(seq_len(k))); x <- permutest(fit, exact = TRUE, progbar = FALSE)
      list(moderator = seq_len(k), p = x$pval, QMp = x$QMp, zval = fit$zval, method = "DL")
    })
    blocks[[id]] <- block
    emit(id, list(id = id, k = k, inputs = list(yi = yi, vi = vi), outputs = list()))
  }
  if (count > 0) emit(sprintf("permutations_random%d", seed), list(id = "permutations", kind = "exact permutation tests (live)", outputs = blocks))
}
if (!length(wanted) || any(wanted == "metadat")) metadat_sets()
random_sets(option("random", 0), option("seed", 1))
random_tables(option("random", 0), option("seed", 1))
random_permutations(option("random", 0), option("seed", 1))
