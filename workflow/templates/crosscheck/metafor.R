# Recomputes meta-analyses with metafor, for comparison. Arguments: a folder with tasks.csv and a data file a task.
# Writes answers.csv (task, quantity, value) and versions.csv there; a model that fails gives the quantity "error".
suppressPackageStartupMessages(library(metafor))
folder <- commandArgs(trailingOnly = TRUE)[1]
tasks <- read.csv(file.path(folder, "tasks.csv"), colClasses = "character")
answers <- list()

tell <- function(task, quantity, value) {
  value <- if (is.null(value) || length(value) == 0) NA else value[1]
  text <- if (is.numeric(value)) formatC(value, digits = 17, format = "g") else as.character(value)
  answers[[length(answers) + 1]] <<- data.frame(task = task, quantity = quantity, value = text)
}

coefficients_of <- function(id, fit, prefix = "") {
  for (j in seq_along(fit$beta)) {
    suffix <- if (length(fit$beta) > 1) paste0(".", j) else ""
    tell(id, paste0(prefix, "b", suffix), fit$beta[j])
    tell(id, paste0(prefix, "se", suffix), fit$se[j])
    tell(id, paste0(prefix, "statistic", suffix), fit$zval[j])
    tell(id, paste0(prefix, "pval", suffix), fit$pval[j])
    tell(id, paste0(prefix, "ci_lb", suffix), fit$ci.lb[j])
    tell(id, paste0(prefix, "ci_ub", suffix), fit$ci.ub[j])
  }
}

heterogeneity_of <- function(id, fit) {
  for (name in c("tau2", "QE", "QEp", "I2", "H2")) tell(id, name, fit[[name]])
}

# The robust tests of the coefficients: CR1 with m / (m - p) is metafor's own, CR2 comes from clubSandwich where it is.
robust_of <- function(id, fit, study, kind) {
  if (kind == "" || (kind == "CR2" && !requireNamespace("clubSandwich", quietly = TRUE))) return(invisible())
  found <- do.call(robust, list(fit, cluster = study, clubSandwich = kind == "CR2"))
  for (j in seq_along(fit$beta)) {
    suffix <- if (length(fit$beta) > 1) paste0(".", j) else ""
    tell(id, paste0("robust_se", suffix), found$se[j])
    tell(id, paste0("robust_df", suffix), rep_len(found$dfs, length(fit$beta))[j])
    tell(id, paste0("robust_pval", suffix), found$pval[j])
  }
}

moderators <- function(data) as.matrix(data[, grepl("^x[0-9]+$", names(data)), drop = FALSE])

# Covariances of the sampling errors within studies: an assumed correlation, and that of the arms where they are given.
covariances <- function(data, rho) {
  if (is.null(data$grp1)) {
    if (rho == 0) return(diag(data$vi, nrow(data)))
    return(vcalc(data$vi, cluster = data$study, obs = seq_along(data$yi), rho = rho))
  }
  V <- vcalc(data$vi, cluster = data$cluster, type = data$type, grp1 = data$grp1, grp2 = data$grp2, w1 = data$w1, w2 = data$w2,
             rho = rho, checkpd = FALSE)
  # Two effects that differ in nothing are never one: they correlate like two outcomes.
  r <- V / sqrt(outer(data$vi, data$vi))
  twins <- r > 1 - 1e-12 & row(r) != col(r)
  V[twins] <- (rho * sqrt(outer(data$vi, data$vi)))[twins]
  V
}

# A variance at its bound of 0 stops some optimisers: the first that converges is taken, of several the highest.
multilevel <- function(data, V, task, random, several = FALSE, ...) {
  data$row <- seq_along(data$yi)
  design <- moderators(data)
  arguments <- list(yi = data$yi, V = V, random = random, data = data, method = task$method, test = task$test,
                    level = as.numeric(task$level), ...)
  if (ncol(design) > 0) arguments$mods <- design
  if (task$test == "t") arguments$dfs <- length(unique(data$study)) - 1 - ncol(design)
  controls <- list(list(rel.tol = 1e-12), list(rel.tol = 1e-10), list(), list(optimizer = "optim", optmethod = "BFGS"),
                   list(optimizer = "optim", optmethod = "Nelder-Mead"))
  best <- NULL
  for (control in controls) {
    fit <- tryCatch(suppressWarnings(do.call(rma.mv, c(arguments, list(control = control)))), error = identity)
    if (inherits(fit, "error")) { failure <- fit; next }
    if (is.null(best) || logLik(fit) > logLik(best)) best <- fit
    if (!several) break
  }
  if (is.null(best)) stop(failure)
  best
}
nested <- ~ 1 | study / row

told <- function(task, fit, data) {
  coefficients_of(task$task, fit)
  robust_of(task$task, fit, data$study, task$robust)
  if (fit$p > 1) {
    tell(task$task, "QM", fit$QM)
    tell(task$task, "QMp", fit$QMp)
  }
  tell(task$task, "QE", fit$QE)
  tell(task$task, "ll", logLik(fit))
}

univariate <- function(task, data) {
  design <- moderators(data)
  arguments <- list(yi = data$yi, vi = data$vi, method = task$method, test = task$test, level = as.numeric(task$level))
  if (!task$method %in% c("EE", "HE", "DL", "HS", "SJ")) arguments$control <- list(threshold = 1e-12, tol = 1e-12, maxiter = 10000)
  if (ncol(design) > 0) arguments <- c(arguments, list(mods = design))
  do.call(rma, arguments)
}

recompute <- list(
  univariate = function(task, data) {
    fit <- univariate(task, data)
    coefficients_of(task$task, fit)
    heterogeneity_of(task$task, fit)
    robust_of(task$task, fit, data$study, task$robust)
    if (fit$p > 1) {
      tell(task$task, "QM", fit$QM)
      tell(task$task, "QMp", fit$QMp)
      found <- tryCatch(vif(fit), error = function(problem) NULL)
      values <- if (is.list(found$vif)) sapply(found$vif, function(one) one$vif) else found$vif
      for (j in seq_along(values)) tell(task$task, paste0("vif.", j), values[j])
    } else if (task$method != "EE") {
      prediction <- predict(fit)
      tell(task$task, "pi_lb", prediction$pi.lb)
      tell(task$task, "pi_ub", prediction$pi.ub)
      interval <- confint(fit, control = list(tol = 1e-12))$random
      tell(task$task, "tau2_ci_lb", interval["tau^2", "ci.lb"])
      tell(task$task, "tau2_ci_ub", interval["tau^2", "ci.ub"])
    }
  },
  leave_one_out = function(task, data) {
    found <- leave1out(univariate(task, data))
    for (i in seq_along(found$estimate)) {
      tell(task$task, paste0("b.", i), found$estimate[i])
      tell(task$task, paste0("se.", i), found$se[i])
      tell(task$task, paste0("tau2.", i), found$tau2[i])
    }
  },
  influence = function(task, data) {
    found <- influence(univariate(task, data))$inf
    names <- c(rstudent = "rstudent", dffits = "dffits", cook_d = "cook.d", cov_r = "cov.r", tau2_del = "tau2.del",
               QE_del = "QE.del", hat = "hat")
    for (name in names(names)) for (i in seq_along(data$yi)) {
      tell(task$task, paste0(name, ".", i), found[[names[name]]][i])
    }
  },
  egger = function(task, data) {
    found <- regtest(univariate(task, data), model = task$extra, predictor = "sei")
    tell(task$task, "statistic", found$zval)
    tell(task$task, "p", found$pval)
    tell(task$task, "limit", found$est)
  },
  begg = function(task, data) {
    found <- ranktest(data$yi, vi = data$vi)
    tell(task$task, "tau", found$tau)
    tell(task$task, "p", found$pval)
  },
  trim_and_fill = function(task, data) {
    extra <- strsplit(task$extra, " ")[[1]]
    found <- trimfill(univariate(task, data), estimator = extra[1], side = extra[2])
    tell(task$task, "k0", found$k0)
    coefficients_of(task$task, found)
  },
  selection_model = function(task, data) {
    fit <- univariate(task, data)
    extra <- strsplit(task$extra, " ")[[1]]
    type <- if (extra[2] == "step") "stepfun" else extra[2]
    arguments <- list(fit, type = type, alternative = extra[1])
    if (type == "stepfun") arguments$steps <- as.numeric(strsplit(extra[3], ",")[[1]])
    if (length(extra) > 3) arguments$delta <- as.numeric(strsplit(extra[4], ",")[[1]])
    found <- suppressWarnings(do.call(selmodel, arguments))
    tell(task$task, "b", found$beta)
    tell(task$task, "tau2", found$tau2)
    tell(task$task, "ll", logLik(found))
  },
  cumulative = function(task, data) {
    found <- cumul(univariate(task, data))
    for (i in seq_along(found$estimate)) {
      tell(task$task, paste0("b.", i), found$estimate[i])
      tell(task$task, paste0("se.", i), found$se[i])
      tell(task$task, paste0("tau2.", i), found$tau2[i])
    }
  },
  permutation = function(task, data) {
    found <- permutest(univariate(task, data), exact = TRUE, progbar = FALSE)
    for (j in seq_along(found$pval)) tell(task$task, paste0("p.", j), found$pval[j])
    if (!is.null(found$QMp)) tell(task$task, "QMp", found$QMp)
  },
  excess = function(task, data) {
    side <- if (rma(data$yi, data$vi, method = "EE")$beta[1] < 0) "less" else "greater"
    found <- tes(data$yi, data$vi, alternative = side, test = "chi2")
    tell(task$task, "O", found$O)
    tell(task$task, "E", found$E)
    tell(task$task, "p", found$pval)
  },
  fail_safe = function(task, data) tell(task$task, "rosenthal", fsn(data$yi, data$vi)$fsnum),
  multilevel = function(task, data) {
    fit <- multilevel(data, covariances(data, as.numeric(task$extra)), task, nested)
    told(task, fit, data)
    tell(task$task, "sigma2_study", fit$sigma2[1])
    tell(task$task, "sigma2_effect", fit$sigma2[2])
    if (fit$p == 1) {
      prediction <- predict(fit)
      tell(task$task, "pi_lb", prediction$pi.lb)
      tell(task$task, "pi_ub", prediction$pi.ub)
    }
  },
  leave_one_study_out = function(task, data) {
    V <- covariances(data, as.numeric(task$extra))
    for (i in sort(unique(data$place))) {
      keep <- data$place != i
      fit <- tryCatch(multilevel(data[keep, ], V[keep, keep, drop = FALSE], task, nested), error = function(problem) NULL)
      tell(task$task, paste0("b.", i), fit$beta[1])
      tell(task$task, paste0("se.", i), fit$se[1])
    }
  },
  multivariate = function(task, data) {
    extra <- strsplit(task$extra, " ")[[1]]
    fit <- multilevel(data, covariances(data, as.numeric(extra[1])), task, ~ kind | study, several = TRUE, struct = extra[2])
    told(task, fit, data)
  },
  mantel_haenszel = function(task, data) {
    coefficients_of(task$task, fit <- rma.mh(measure = task$extra, ai = data$events1, n1i = data$n1, ci = data$events2,
                                             n2i = data$n2, level = as.numeric(task$level)))
    tell(task$task, "QE", fit$QE)
  },
  peto = function(task, data) {
    coefficients_of(task$task, fit <- rma.peto(ai = data$events1, n1i = data$n1, ci = data$events2, n2i = data$n2,
                                               level = as.numeric(task$level)))
    tell(task$task, "QE", fit$QE)
  },
  average = function(task, data) {
    data <- escalc(measure = "GEN", yi = data$yi, vi = data$vi, data = data)
    found <- aggregate(data, cluster = study, struct = "CS", rho = as.numeric(task$extra))
    for (i in seq_len(nrow(found))) {
      tell(task$task, paste0("yi.", found$study[i]), found$yi[i])
      tell(task$task, paste0("vi.", found$study[i]), found$vi[i])
    }
  }
)

for (i in seq_len(nrow(tasks))) {
  task <- as.list(tasks[i, ])
  data <- read.csv(file.path(folder, task$data))
  tryCatch(recompute[[task$kind]](task, data), error = function(problem) {
    tell(task$task, "error", gsub("[\r\n]+", " ", conditionMessage(problem)))
  })
}
answers <- do.call(rbind, c(list(data.frame(task = character(), quantity = character(), value = character())), answers))
write.csv(answers, file.path(folder, "answers.csv"), row.names = FALSE)
write.csv(data.frame(name = c("R", "metafor"),
                     version = c(as.character(getRversion()), as.character(packageVersion("metafor")))),
          file.path(folder, "versions.csv"), row.names = FALSE)
