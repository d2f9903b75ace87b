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

univariate <- function(task, data) {
  design <- as.matrix(data[, grepl("^x[0-9]+$", names(data)), drop = FALSE])
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
    if (fit$p > 1) {
      tell(task$task, "QM", fit$QM)
      tell(task$task, "QMp", fit$QMp)
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
    found <- suppressWarnings(selmodel(fit, type = "stepfun", alternative = extra[1], steps = as.numeric(extra[-1])))
    tell(task$task, "b", found$beta)
    tell(task$task, "tau2", found$tau2)
    tell(task$task, "ll", logLik(found))
  },
  multilevel = function(task, data) {
    rho <- as.numeric(task$extra)
    V <- if (rho == 0) data$vi else vcalc(data$vi, cluster = data$study, obs = seq_along(data$yi), rho = rho)
    data$row <- seq_along(data$yi)
    arguments <- list(yi = data$yi, V = V, random = ~ 1 | study / row, data = data, method = task$method,
                      test = task$test, level = as.numeric(task$level))
    if (task$test == "t") arguments$dfs <- "contain"
    # A variance at its bound of 0 stops some optimisers: the first that converges is taken.
    controls <- list(list(rel.tol = 1e-12), list(rel.tol = 1e-10), list(), list(optimizer = "optim", optmethod = "BFGS"),
                     list(optimizer = "optim", optmethod = "Nelder-Mead"))
    for (control in controls) {
      fit <- tryCatch(do.call(rma.mv, c(arguments, list(control = control))), error = identity)
      if (!inherits(fit, "error")) break
    }
    if (inherits(fit, "error")) stop(fit)
    coefficients_of(task$task, fit)
    tell(task$task, "sigma2_study", fit$sigma2[1])
    tell(task$task, "sigma2_effect", fit$sigma2[2])
    tell(task$task, "QE", fit$QE)
    tell(task$task, "ll", logLik(fit))
  },
  multivariate = function(task, data) {
    extra <- strsplit(task$extra, " ")[[1]]
    V <- vcalc(data$vi, cluster = data$study, obs = seq_along(data$yi), rho = as.numeric(extra[1]))
    arguments <- list(yi = data$yi, V = V, random = ~ kind | study, struct = extra[2], data = data, method = task$method,
                      test = task$test, level = as.numeric(task$level))
    if (task$test == "t") arguments$dfs <- length(unique(data$study)) - 1
    fits <- lapply(list(list(), list(rel.tol = 1e-12), list(optimizer = "optim", optmethod = "BFGS")), function(control) {
      tryCatch(suppressWarnings(do.call(rma.mv, c(arguments, list(control = control)))), error = identity)
    })
    done <- Filter(function(fit) !inherits(fit, "error"), fits)
    if (length(done) == 0) stop(fits[[1]])
    # Optimisers stop at different places: the highest is taken.
    fit <- done[[which.max(sapply(done, logLik))]]
    coefficients_of(task$task, fit)
    tell(task$task, "QE", fit$QE)
    tell(task$task, "ll", logLik(fit))
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
